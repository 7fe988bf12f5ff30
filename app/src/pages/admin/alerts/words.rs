//! An alert in parts of a page: how grave it is, what it is about, what to do.

use crate::pages::group::settings::which;
use crate::parts::prelude::*;
use domain::alert::{Kind, Severity};
use domain::target::TargetKind;
use engine::ask::alerts::Alert;
use engine::db::requests::name;
use leptos::prelude::*;

/// How grave it is, as a badge.
pub fn severity(severity: Severity) -> AnyView {
    let (tone, glyph) = match severity {
        Severity::High => (Tone::Bad, Glyph::Stop),
        Severity::Medium => (Tone::Wait, Glyph::Warn),
        Severity::Low => (Tone::Info, Glyph::Info),
    };
    view! { <Mark tone glyph text=severity.words() /> }.into_any()
}

/// What it is about, each part with its page.
pub fn subject(alert: &Alert) -> AnyView {
    let person = alert.person.as_ref().map(|person| {
        let href = format!("/people/{}", person.user_name);
        view! { <a class="gname" href=href><bdi>{person.name.clone()}</bdi></a> " " }
    });
    let thing = alert.thing.as_ref().map(|thing| {
        let (href, name) = (thing.place().to_string(), thing.name.clone());
        let tag = (thing.kind() != TargetKind::Role).then(|| view! { " " <RoleTag access=thing.kind() /> });
        view! { <a class="gname" href=href><bdi>{name}</bdi></a> {tag} }
    });
    let hook = alert.hook.clone().map(|(id, name)| {
        view! { <a class="gname" href=format!("/admin/webhooks/{id}")><bdi>{name}</bdi></a> }
    });
    let application = alert.application.clone().map(|(id, name)| {
        view! { " " <a class="gname" href=format!("/admin/applications/{id}")><bdi>{name}</bdi></a> }
    });
    let server = (!alert.server.is_empty()).then(|| view! { <bdi class="key">{alert.server.clone()}</bdi> });
    let whole = alert.subject().is_empty().then_some("Everything");
    view! { {person} {thing} {hook} {application} {server} {whole} }.into_any()
}

/// What to do, as a link: its words and its page.
pub fn way_on(alert: &Alert) -> Option<(&'static str, String)> {
    let place = alert.thing.as_ref().map(|thing| (thing.place(), thing.kind()));
    Some(match (alert.kind, place) {
        (Kind::TooManyStanding, None) => ("See the report", "/insights#standing".into()),
        (Kind::TooManyStanding | Kind::FoundOutside, Some((place, _))) => {
            ("Look at the assignments", format!("{place}/assignments?kind=active"))
        }
        (Kind::StaleEligibility, Some((place, _))) => {
            ("Look at what is unused", format!("{place}/insights#unused"))
        }
        (Kind::ActivatedOften, Some((place, _))) => ("Look at the requests", format!("{place}/requests")),
        (Kind::NoSecondFactor | Kind::NoApproval | Kind::ApproverMissing, Some((place, kind))) => {
            let which = which(kind);
            ("Change the policy", format!("{place}/settings{}", which.trim_end_matches('?')))
        }
        (Kind::GlassOpen, _) => ("Review it", format!("/break-glass/{}", name(alert.request?))),
        (Kind::HookFailing, _) => {
            let (id, _) = alert.hook.as_ref()?;
            ("Look at the webhook", format!("/admin/webhooks/{id}"))
        }
        (
            Kind::RemovalUnconfirmed | Kind::ApplicationQuarantined | Kind::GrantFailing | Kind::DriftFound,
            _,
        ) => {
            let (id, _) = alert.application.as_ref()?;
            ("Look at the application", format!("/admin/applications/{id}"))
        }
        (Kind::MailFailing, _) => ("Look at the mails", "/admin/mail?show=failed".into()),
        (Kind::NotAnchored | Kind::StreamBehind, _) => ("Look at the audit", "/audit".into()),
        _ => return None,
    })
}

/// What to do where it is done outside of these pages.
pub fn advice(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::NoWorker => Some("Start a worker: “pimento worker”, or “pimento serve”."),
        Kind::ClockSkew => Some("Let the server keep its time by NTP."),
        Kind::NotAnchored => {
            Some("“pimento doctor” says whether a key is set; the log of the workers, why signing fails.")
        }
        Kind::StreamBehind => Some("“pimento doctor” and the log of the workers say what keeps it."),
        _ => None,
    }
}

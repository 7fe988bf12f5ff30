//! What raises alerts: which kinds are on, and from where on they open.

use super::words;
use crate::ctx::{caller, engine};
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::alert::settings::{Settings as Set, field};
use domain::alert::{Kind, Limit};
use engine::ask::alert_settings::{Saved, Shown, alert_settings};
use leptos::prelude::*;

/// `/admin/alerts/settings`
#[component]
pub fn Settings() -> impl IntoView {
    page(async {
        let shown = alert_settings(&engine()?, &caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let crumbs = vec![Crumb::to("Alerts", "/admin/alerts"), Crumb::here("What raises them")];
        let content = if shown.may_set { form(&shown) } else { read(&shown.current.settings) };
        let versions = versions(shown.versions, clock);
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="What raises alerts"
                current=Some(Entry::Alerts)
                crumbs
                purpose="Which alerts are on, and from where on they open."
                flash=said()
                outcome="Not saved."
            >
                {content}
                {versions}
            </Page>
        })
    })
}

fn form(shown: &Shown) -> AnyView {
    let answers = Answers::here();
    let version = answers.value("version").map_or_else(|| shown.current.version.to_string(), str::to_owned);
    let kinds: Vec<_> = Kind::ALL.iter().map(|kind| one(*kind, &shown.current.settings)).collect();
    view! {
        <Post class="stack loose">
            <HiddenField name="version" value=version />
            {kinds}
            <div class="card pad stack">
                <TextArea name="reason" label="Why" hint="At least 10 characters, for the audit." max=2000 />
                <Actions>
                    <Submit text="Save" />
                    <Go href="/admin/alerts" text="Cancel" look=Look::Quiet />
                </Actions>
            </div>
        </Post>
    }
    .into_any()
}

/// A kind: whether it is on, and its thresholds.
fn one(kind: Kind, settings: &Set) -> AnyView {
    let answers = Answers::here();
    let on = if answers.sent() { answers.chose("on[]", kind.wire()) } else { settings.on(kind) };
    let switch = if kind.may_be_off() {
        view! {
            <label class="tick">
                <input type="checkbox" name="on[]" value=kind.wire() checked=on />
                <span>"On" <Of name=kind.words().to_owned() /></span>
            </label>
        }
        .into_any()
    } else {
        view! { <p class="sm muted">"Always on."</p> }.into_any()
    };
    let limits: Vec<_> =
        kind.limits().iter().map(|limit| number_of(kind, limit, settings.limit(kind, limit.unit))).collect();
    let (id, severity) = (format!("kind-{}", kind.wire()), words::severity(kind.severity()));
    let labelled = id.clone();
    view! {
        <section class="card pad stack" aria-labelledby=labelled>
            <div class="row apart">
                <h2 id=id>{kind.words()}</h2>
                {severity}
            </div>
            <p class="sm soft">{kind.says()}</p>
            {switch}
            {limits}
        </section>
    }
    .into_any()
}

/// A threshold. Its name goes before it, so that the two lists of the form stay side by side.
fn number_of(kind: Kind, limit: &Limit, now: u32) -> AnyView {
    let answers = Answers::here();
    let name = field(kind, limit.unit);
    let typed = answers.values("limit").position(|each| each == name);
    let typed = typed.and_then(|at| answers.values("value").nth(at).map(str::to_owned));
    let bad = answers.refusal(&name).is_some();
    let hint = format!("{} to {}, at first {}.", limit.min, limit.max, limit.first);
    let (id, mut label) = (field_id(&name), limit.words.to_owned());
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let described = if bad { format!("{id}-hint {id}-error") } else { format!("{id}-hint") };
    view! {
        <Labelled name=name.clone() label hint>
            <input type="hidden" name="limit[]" value=name.clone() />
            <input
                class="input w-xs"
                id=id
                name="value[]"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                value=typed.unwrap_or_else(|| now.to_string())
                aria-describedby=described
                aria-invalid=bad.then_some("true")
                autofocus=answers.is_first_faulty(&name)
            />
        </Labelled>
    }
    .into_any()
}

/// For those who only read.
fn read(settings: &Set) -> AnyView {
    let rows: Vec<_> = Kind::ALL
        .iter()
        .map(|kind| {
            let state = if settings.on(*kind) { "On" } else { "Off" };
            let limits: Vec<_> = kind
                .limits()
                .iter()
                .map(
                    |limit| view! { <p class="sm">{settings.limit(*kind, limit.unit)} " " {limit.words}</p> },
                )
                .collect();
            let severity = words::severity(kind.severity());
            view! {
                <tr>
                    <RowHead>{kind.words()}</RowHead>
                    <Cell label="Severity">{severity}</Cell>
                    <Cell label="State">{state}</Cell>
                    <Cell label="Opens when"><p>{kind.says()}</p> {limits}</Cell>
                </tr>
            }
        })
        .collect();
    let cols = ["Alert", "Severity", "State", "Opens when"].map(Col::new).to_vec();
    view! {
        <section class="card" aria-labelledby="kinds">
            <h2 class="vh" id="kinds">"Kinds of alerts"</h2>
            <Table class="cards align-top" cols>{rows}</Table>
        </section>
    }
    .into_any()
}

fn versions(all: Vec<Saved>, clock: Clock) -> Option<AnyView> {
    let rows: Vec<_> = all
        .into_iter()
        .map(|saved| {
            view! {
                <tr>
                    <RowHead>{format!("Version {}", saved.version)}</RowHead>
                    <Cell label="Saved"><When at=saved.at clock /></Cell>
                    <Cell label="By"><bdi>{saved.by}</bdi></Cell>
                    <Cell label="Reason"><bdi>{saved.reason}</bdi></Cell>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="versions">
                <SectionHead id="versions" heading="Versions" says="What each of them changed stands in the audit." />
                <div class="card">
                    <Table class="cards late" cols=["Version", "Saved", "By", "Reason"].map(Col::new).to_vec()>{rows}</Table>
                </div>
            </section>
        }
        .into_any()
    })
}

//! What is known of an assignment when a round begins, beside its name.

use crate::parts::prelude::*;
use domain::target::TargetKind;
use engine::ask::access_review_lines::Line;
use leptos::prelude::*;

/// Who holds it.
pub fn who(line: &Line) -> AnyView {
    if line.is_group {
        let note = format!("{} · group", line.handle);
        return view! { <GroupAsPerson name=line.name.clone() note small=true /> }.into_any();
    }
    let who = Who {
        name: line.name.clone(),
        user_name: line.handle.clone(),
        note: line.department.clone(),
        href: None,
    };
    view! { <Person who small=true /> }.into_any()
}

/// What is held, since when, until when, and who gave it.
pub fn what(line: &Line, clock: Clock) -> AnyView {
    let access = TargetKind::parse(&line.access).unwrap_or(TargetKind::Member);
    let kind = if line.kind == "active" { "Standing" } else { "Eligible" };
    let by = match line.given_by.clone() {
        Some(name) => view! { " by " <bdi>{name}</bdi> }.into_any(),
        None => ().into_any(),
    };
    let (since, end) = (line.starts_at, line.ends_at);
    view! {
        <RoleTag access />
        " "
        {kind}
        <p class="sm soft">
            "since " <When at=since clock form=Form::Day /> {by} ", " <UntilWhen end clock />
        </p>
    }
    .into_any()
}

/// Real use, as it was known at the start.
pub fn usage(line: &Line, clock: Clock) -> AnyView {
    let times = counted(i64::from(line.used_90), "time", "times");
    let activated = match line.last_used {
        Some(at) => view! { "Activated " <When at clock form=Form::Day /> {format!(", {times} in 90 days")} }
            .into_any(),
        None if line.kind == "active" => "On without activation".into_any(),
        None => "Never activated".into_any(),
    };
    let signed_in = match line.last_sign_in {
        _ if line.is_group => ().into_any(),
        Some(at) => view! { "Signed in " <When at clock form=Form::Day /> }.into_any(),
        None => "No sign-in on record".into_any(),
    };
    view! {
        <p class="sm">{activated}</p>
        <p class="sm soft">{signed_in}</p>
    }
    .into_any()
}

//! The fields of how an application is spoken to.

use crate::parts::prelude::*;
use domain::provision::settings::Typed;
use domain::provision::{Dialect, Drift, Foreign, Kind, Leaving, Match, Probe, Scope, Sessions};
use leptos::prelude::*;

/// Everything but name, address and token.
#[component]
pub fn SettingFields(
    /// What it is.
    kind: Kind,
    /// What stands in them on a first visit.
    typed: Typed,
) -> impl IntoView {
    match kind {
        Kind::Scim => {
            view! { <Reach typed=typed.clone() /> <Speech typed=typed.clone() /> <Pace typed /> }.into_any()
        }
        Kind::Postgres => view! { <Logins typed=typed.clone() /> <Pace typed /> }.into_any(),
    }
}

/// Who gets a role of a database, and how it is taken.
#[component]
fn Logins(typed: Typed) -> impl IntoView {
    let scopes = Scope::ALL.iter().map(|one| {
        let words = match one {
            Scope::All => "Everybody in an assigned group",
            Scope::Members => "Everybody in an assigned group but guests",
        };
        (one.wire(), words)
    });
    let scopes = choices(scopes);
    let sessions = choices(Sessions::ALL.iter().map(|one| (one.wire(), one.words())));
    let drifts = choices(Drift::ALL.iter().map(|one| (one.wire(), one.words())));
    view! {
        <section class="card pad stack" aria-labelledby="logins">
            <h2 id="logins">"Who, and how it is taken"</h2>
            <p class="soft">"Who can log in to the database, and with which password, is left to it."</p>
            <RadioField name="scope" legend="Who gets the roles" choices=scopes value=typed.scope />
            <SelectField name="matching" label="As what somebody logs in" choices=logins() value=typed.matching.join(" ") />
            <RadioField name="sessions" legend="Open sessions of somebody from whom a role was taken" choices=sessions value=typed.sessions />
            <RadioField name="drift" legend="Who has a role without a grant here" choices=drifts value=typed.drift />
            <p class="soft">"More of them at once than this are held back until somebody allows it. Ended access is never held back."</p>
            <NumberField name="breaker_most" label="Roles without a grant that may be taken at once" value=typed.breaker_most />
            <NumberField name="breaker_per_cent" label="Or per cent of all who have one, if that is more" value=typed.breaker_per_cent />
        </section>
    }
}

/// Who gets there, and what becomes of whom.
#[component]
fn Reach(typed: Typed) -> impl IntoView {
    let scopes = choices(Scope::ALL.iter().map(|one| (one.wire(), one.words())));
    let leavings = choices(Leaving::ALL.iter().map(|one| (one.wire(), one.words())));
    let foreigners = choices(Foreign::ALL.iter().map(|one| (one.wire(), one.words())));
    let drifts = choices(Drift::ALL.iter().map(|one| (one.wire(), one.words())));
    view! {
        <section class="card pad stack" aria-labelledby="reach">
            <h2 id="reach">"Who, and what becomes of accounts"</h2>
            <RadioField name="scope" legend="Who gets an account" choices=scopes value=typed.scope />
            <SelectField name="matching" label="How an account is found" choices=matchings() value=typed.matching.join(" ") />
            <RadioField
                name="foreigners"
                legend="Accounts and groups there that another system made"
                choices=foreigners
                value=typed.foreigners
            />
            <RadioField name="leaving" legend="When somebody has nothing of it any more" choices=leavings value=typed.leaving />
            <RadioField
                name="drift"
                legend="Members there without a grant here"
                choices=drifts
                value=typed.drift
            />
            <p class="soft">
                "More accounts at once than this are held back until somebody allows it. Ended access is never held back."
            </p>
            <NumberField name="breaker_most" label="Accounts that may be disabled or deleted at once" value=typed.breaker_most />
            <NumberField name="breaker_per_cent" label="Or per cent of all, if that is more" value=typed.breaker_per_cent />
        </section>
    }
}

/// How it is spoken to. The tests find most of this out.
#[component]
fn Speech(typed: Typed) -> impl IntoView {
    let dialects = choices(Dialect::ALL.iter().map(|one| (one.wire(), one.words())));
    let probes = choices(Probe::ALL.iter().map(|one| (one.wire(), one.words())));
    view! {
        <section class="card pad stack" aria-labelledby="speech">
            <h2 id="speech">"How it is spoken to"</h2>
            <p class="soft">"The test write finds these out by itself."</p>
            <RadioField name="dialect" legend="Removals and switches are written" choices=dialects value=typed.dialect />
            <SelectField name="probe" label="Whether somebody is a member" choices=probes value=typed.probe />
            <CheckField name="patches" label="It can change parts (PATCH)" note="Else whole accounts are written (PUT)." on=typed.patches />
            <CheckField name="adds_twice" label="It may keep a member twice" note="Look before adding." on=typed.adds_twice />
            <CheckField name="delete_accept" label="It takes a deletion that says which answers are accepted" on=typed.delete_accept />
        </section>
    }
}

#[component]
fn Pace(typed: Typed) -> impl IntoView {
    view! {
        <section class="card pad stack" aria-labelledby="pace">
            <h2 id="pace">"How fast"</h2>
            <NumberField name="per_second" label="Requests a second" value=typed.per_second />
            <NumberField name="burst" label="At once after a rest" value=typed.burst />
            <NumberField name="in_flight" label="Under way at once" value=typed.in_flight />
            <NumberField name="sweep_minutes" label="Minutes between two comparisons of everything" value=typed.sweep_minutes />
        </section>
    }
}

#[component]
fn NumberField(name: &'static str, label: &'static str, value: i32) -> impl IntoView {
    view! { <TextField name label value=value.to_string() class="w-xs" inputmode="numeric" required=true /> }
}

fn choices<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Choice> {
    all.map(|(wire, words)| Choice::new(wire, words)).collect()
}

/// The names of logins.
fn logins() -> Vec<Choice> {
    let orders: [&[Match]; 4] =
        [&[Match::UserName], &[Match::Local], &[Match::UserName, Match::Local], &[Match::Mail]];
    orders
        .map(|order| {
            let wires: Vec<&str> = order.iter().map(|one| one.wire()).collect();
            let words = order.iter().map(|one| match one {
                Match::UserName => "sign-in name",
                Match::Local => "sign-in name up to its @",
                Match::Mail => "mail address",
                Match::External => "our id",
            });
            Choice::new(wires.join(" "), words.collect::<Vec<_>>().join(", then "))
        })
        .to_vec()
}

/// Orders that make sense: what was linked by our id comes first wherever it is asked for.
fn matchings() -> Vec<Choice> {
    let orders: [&[Match]; 4] = [
        &[Match::External, Match::UserName],
        &[Match::External, Match::UserName, Match::Mail],
        &[Match::External, Match::Mail],
        &[Match::UserName],
    ];
    orders
        .map(|order| {
            let wires: Vec<&str> = order.iter().map(|one| one.wire()).collect();
            Choice::new(wires.join(" "), wires.join(", then "))
        })
        .to_vec()
}

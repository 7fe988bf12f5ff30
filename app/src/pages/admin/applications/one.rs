//! One application: how it does, its groups, what can be done.

use super::form::secret;
use super::{address, crumbs, id, managed, state};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::confirm::{Confirm, Question};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::provision::Health;
use engine::ask::applications::{self, Application, Assigned};
use leptos::prelude::*;

/// `/admin/applications/{id}`
#[component]
pub fn One() -> impl IntoView {
    page(async {
        let found = applications::application(&ctx::engine()?, &ctx::caller()?, id()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let app = found.application;
        let crumbs = vec![Crumb::to("Applications", "/admin/applications"), Crumb::here(app.name.clone())];
        let heading = app.name.clone();
        Ok::<_, Failure>(view! {
            <Page frame title="Application" heading current=Some(Entry::Applications) crumbs flash=said() outcome="It did not work.">
                <div class="stack">
                    {trouble(&app, clock)}
                    {facts(&app, clock)}
                    {found.manages.then(|| controls(&app))}
                    {groups(&app, found.groups, found.manages)}
                    {tests(&app, clock)}
                </div>
            </Page>
        })
    })
}

/// Why not everything goes on now, one notice each.
fn trouble(app: &Application, clock: Clock) -> Vec<AnyView> {
    let mut all = Vec::new();
    let mut say = |tone: Tone, lead: &'static str, since, text: String| {
        let notice = view! {
            <Notice tone>
                <p>
                    <strong>{lead}</strong>
                    " since "
                    <When at=since clock />
                    ". "
                    <bdi>{text}</bdi>
                </p>
            </Notice>
        };
        all.push(notice.into_any());
    };
    if let Some(since) = app.off_at {
        let text = "Nothing is sent by itself. Access that ends stays there until it goes on.".to_owned();
        say(Tone::Wait, "Provisioning is stopped", since, text);
    }
    match app.health() {
        Health::Quarantined => {
            let text =
                format!("{} Nothing is given there; what is to be taken away is tried on.", app.health_why);
            say(Tone::Bad, "It is in quarantine", app.health_at, text);
        }
        Health::Degraded => say(Tone::Wait, "It is degraded", app.health_at, app.health_why.clone()),
        Health::Healthy => {}
    }
    if let Some(since) = app.broken_at {
        let mut held = Vec::new();
        if app.held > 0 {
            held.push(format!("{} would be disabled or deleted.", counted(app.held, "account", "accounts")));
        }
        if app.drift_found > 0 {
            let found = counted(app.drift_found, "member without a grant", "members without a grant");
            held.push(format!("{found} would be taken out."));
        }
        let text = format!(
            "{} Look at them, then let them go. Ended access is taken away all the same.",
            held.join(" ")
        );
        say(Tone::Bad, "So many at once are held back", since, text);
    }
    all
}

fn facts(app: &Application, clock: Clock) -> impl IntoView + use<> {
    let base = address(app.id);
    let waits = |count: i64, show: &str| {
        let href = format!("{base}/people?show={show}");
        if count == 0 {
            return "0".into_any();
        }
        view! { <a href=href>{number(count)}</a> }.into_any()
    };
    let token =
        if app.token_end.is_empty() { "kept sealed".to_owned() } else { format!("…{}", app.token_end) };
    let made_by = app.made_by.clone().unwrap_or_default();
    let made_at = app.made_at;
    let mut facts = vec![
        ("Kind", app.kind().words().into_any()),
        ("Address", view! { <bdi class="key">{app.base_url.clone()}</bdi> }.into_any()),
        (secret(app.kind()), token.into_any()),
        ("State", state(app)),
        (
            "People it knows",
            view! { <a href=format!("{base}/people?show=all")>{number(app.people)}</a> }.into_any(),
        ),
        ("Members confirmed", number(app.members).into_any()),
        ("To take away", waits(app.removals, "queue")),
        ("To give", waits(app.grants, "queue")),
        ("Failed", waits(app.failed, "failed")),
    ];
    if let Some(at) = app.oldest_at {
        facts.push(("Oldest that waits", view! { "since " <When at clock form=Form::Second /> }.into_any()));
    }
    if let Some(at) = app.rests_until {
        facts.push(("Rests until", view! { <When at clock form=Form::Second /> }.into_any()));
    }
    if let Some(at) = app.test_due_at.filter(|_| app.health() == Health::Quarantined) {
        facts.push(("Tried next", view! { <When at clock form=Form::Second /> }.into_any()));
    }
    if let Some(at) = app.old_until {
        facts.push(("The one before", view! { "tried until " <When at clock /> }.into_any()));
    }
    if let Some(at) = app.swept_at {
        facts.push(("Last compared", view! { <When at clock /> }.into_any()));
        facts.push(("Found then", view! { <bdi>{app.sweep_says.clone()}</bdi> }.into_any()));
    }
    facts.push(("Connected", view! { <When at=made_at clock /> " by " <bdi>{made_by}</bdi> }.into_any()));
    view! { <section class="card pad" aria-label="How it does"><Facts facts /></section> }
}

fn controls(app: &Application) -> impl IntoView + use<> {
    let base = address(app.id);
    let deed =
        |deed: &'static str, text: &'static str, look: Look| view! { <Deed deed text look /> }.into_any();
    let switch = match app.off_at {
        Some(_) => deed("on", "Go on with provisioning", Look::Primary),
        None => deed("off", "Stop provisioning", Look::Danger),
    };
    view! {
        <section class="card pad row" aria-label="What can be done">
            {deed("test", "Test the connection", Look::Plain)}
            {deed("write", "Test writing", Look::Plain)}
            <Go href=format!("{base}/now") text="One person now" />
            {(app.failed > 0).then(|| deed("again", "Try again what failed", Look::Plain))}
            {app.broken_at.is_some().then(|| deed("allow", "Let them go", Look::Danger))}
            <Go href=format!("{base}/log") text="Log" />
            <Go href=format!("{base}/edit") text="Change" />
            <Go href=format!("{base}/token") text=format!("New {}", secret(app.kind()).to_lowercase()) />
            {switch}
            <Go href=format!("{base}/delete") text="Delete" look=Look::Danger />
        </section>
    }
}

fn groups(app: &Application, groups: Vec<Assigned>, manages: bool) -> impl IntoView + use<> {
    let base = address(app.id);
    let rows: Vec<_> = groups.into_iter().map(|group| line(group, manages)).collect();
    let none = rows.is_empty();
    let cols = ["Group", "What its members are there", "Members confirmed", "State", "What can be done"]
        .map(Col::new)
        .to_vec();
    let table = if none {
        view! { <p class="pad soft">"No group is assigned: nobody is sent there."</p> }.into_any()
    } else {
        view! { <Table class="cards late" cols>{rows}</Table> }.into_any()
    };
    view! {
        <section aria-labelledby="groups">
            <SectionHead id="groups" heading="Groups" />
            <div class="card">{table}</div>
            {manages.then(|| view! { <p class="mt6"><Go href=format!("{base}/groups") text="Assign a group" glyph=Glyph::Plus /></p> })}
        </section>
    }
}

fn line(group: Assigned, manages: bool) -> impl IntoView {
    let href = format!("/groups/{}", group.key);
    let (tone, glyph, text) = match (group.gone, group.remote_id.is_some()) {
        (true, _) => (Tone::Wait, Glyph::Clock, "Being taken away"),
        (false, true) => (Tone::Ok, Glyph::Check, "There"),
        (false, false) => (Tone::Wait, Glyph::Clock, "Not there yet"),
    };
    let (again, away) = (format!("Look at {} again", group.name), format!("Take {} away", group.name));
    let deeds = manages.then(|| {
        view! {
            <Post class="row">
                <HiddenField name="group" value=group.group_id.to_string() />
                <Submit name="deed" value="group-now" text=again look=Look::Quiet />
                {(!group.gone).then(|| view! { <Submit name="deed" value="group-away" text=away look=Look::Quiet /> })}
            </Post>
        }
    });
    view! {
        <tr>
            <RowHead><a href=href><bdi>{group.name}</bdi></a></RowHead>
            <Cell label="What its members are there"><bdi>{group.role}</bdi></Cell>
            <Cell label="Members confirmed" class="num">{number(group.members)}</Cell>
            <Cell label="State"><Mark tone glyph text /></Cell>
            <Cell label="What can be done">{deeds}</Cell>
        </tr>
    }
}

/// What the tests found.
fn tests(app: &Application, clock: Clock) -> impl IntoView + use<> {
    let tests = [
        ("Test of the connection", app.tested_at, app.test_says.clone()),
        ("Test write", app.write_tested_at, app.write_says.clone()),
    ];
    tests
        .into_iter()
        .filter_map(|(name, at, says)| {
            let at = at?;
            let lines: Vec<_> =
                says.lines().map(|line| view! { <li><bdi>{line.to_owned()}</bdi></li> }).collect();
            Some(view! {
                <section class="card pad stack tight" aria-label=name>
                    <h2>{name}</h2>
                    <p class="sm muted"><When at clock /></p>
                    <ul class="sm">{lines}</ul>
                </section>
            })
        })
        .collect_view()
}

/// `/admin/applications/{id}/delete`
#[component]
pub fn Delete() -> impl IntoView {
    page(async {
        let app = managed().await?.application;
        let left = app.members;
        let question = Question {
            title: "Delete application",
            heading: format!("Delete {}", app.name),
            entry: Entry::Applications,
            crumbs: crumbs(&app, "Delete"),
            outcome: "Nothing was deleted.",
            text: "Nothing is given or taken away there any more. Its log and the audit stay.".into(),
            look: Look::DangerSolid,
            reason: false,
            back: address(app.id),
        };
        let frame = frame::here().await?;
        let note = format!(
            "{} confirmed there. Else take its groups away first, and wait until they are gone.",
            counted(left, "membership is", "memberships are")
        );
        let stays = view! { <CheckField name="leave_them" label="What is there may stay there" note /> };
        Ok::<_, Failure>(view! {
            <Confirm frame question>
                <p><bdi class="key">{app.base_url}</bdi></p>
                {stays}
            </Confirm>
        })
    })
}

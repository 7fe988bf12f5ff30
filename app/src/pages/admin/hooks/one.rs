//! One webhook with its log.

use super::{address, crumbs, format_words, id, state};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::confirm::{Confirm, Question};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::audit::Event;
use domain::authz::{Action, allows};
use domain::webhook::choice::{ANCHOR, TEST};
use engine::ask::hooks::{self, Hook, Log, Row, Show};
use leptos::prelude::*;
use uuid::Uuid;

/// `/admin/webhooks/{id}`
#[component]
pub fn One() -> impl IntoView {
    page(async {
        let (engine, caller) = (engine()?, caller()?);
        let show = Show::parse(&ctx::query("show").unwrap_or_default());
        let shown = hooks::log(&engine, &caller, id()?, show, ctx::query("after").as_deref()).await?;
        let manages = allows(&caller.actor, &Action::ManageHooks);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let hook = shown.hook.clone();
        let base = address(hook.id);
        let tabs = Show::ALL
            .map(|each| Tab::new(word(each), format!("{base}?show={}", each.wire()), each == show))
            .to_vec();
        let crumbs = vec![Crumb::to("Webhooks", "/admin/webhooks"), Crumb::here(hook.name.clone())];
        let heading = hook.name.clone();
        Ok::<_, Failure>(view! {
            <Page frame title="Webhook" heading current=Some(Entry::Hooks) crumbs flash=said() outcome="It did not work.">
                <div class="stack">
                    {off(&hook, clock)}
                    {facts(&hook, clock)}
                    {manages.then(|| controls(&hook))}
                    <Segments label="Deliveries" tabs />
                </div>
                {log(shown, show, clock)}
            </Page>
        })
    })
}

fn word(show: Show) -> &'static str {
    match show {
        Show::All => "All",
        Show::Waiting => "Waiting",
        Show::Delivered => "Taken",
        Show::Failed => "Given up",
    }
}

/// Why nothing is sent now.
fn off(hook: &Hook, clock: Clock) -> Option<AnyView> {
    let at = hook.off_at?;
    let why = hook.off_why.clone();
    Some(
        view! {
            <Notice tone=Tone::Wait>
                <p>
                    <strong>"This webhook is off"</strong>
                    " since "
                    <When at clock />
                    ". "
                    <bdi>{why}</bdi>
                    " What happens meanwhile is not kept for it."
                </p>
            </Notice>
        }
        .into_any(),
    )
}

fn facts(hook: &Hook, clock: Clock) -> impl IntoView + use<> {
    let mut tells: Vec<&'static str> =
        hook.topics().into_iter().map(domain::webhook::choice::Topic::words).collect();
    if hook.refusals {
        tells.push("refused tries too");
    }
    let made_by = hook.made_by.clone().unwrap_or_default();
    let made_at = hook.made_at;
    let mut facts = vec![
        ("To", view! { <bdi class="key">{hook.shown.clone()}</bdi> }.into_any()),
        ("Format", format_words(hook).into_any()),
        ("State", state(hook)),
        ("Tells of", tells.join(", ").into_any()),
        ("Waiting", number(hook.waiting).into_any()),
        ("Taken in 24 h", number(hook.delivered).into_any()),
        ("Given up in 30 days", number(hook.failed).into_any()),
        ("Made", view! { <When at=made_at clock /> " by " <bdi>{made_by}</bdi> }.into_any()),
    ];
    if let Some(at) = hook.rests_until {
        facts.push(("Tried again", view! { <When at clock form=Form::Second /> }.into_any()));
    }
    if let Some(at) = hook.old_until {
        facts.push(("Former secret", view! { "counts until " <When at clock /> }.into_any()));
    }
    view! { <section class="card pad" aria-label="How it is set"><Facts facts /></section> }
}

fn controls(hook: &Hook) -> impl IntoView + use<> {
    let base = address(hook.id);
    let off = hook.off_at.is_some();
    let deed =
        |deed: &'static str, text: &'static str, look: Look| view! { <Deed deed text look /> }.into_any();
    let again = (hook.failed > 0 && !off).then(|| deed("again", "Send again what was given up", Look::Plain));
    let switch = if off {
        deed("on", "Switch it on", Look::Primary)
    } else {
        deed("off", "Switch it off", Look::Danger)
    };
    view! {
        <section class="card pad row" aria-label="What can be done">
            {deed("test", "Send a test", Look::Plain)}
            {again}
            <Go href=format!("{base}/edit") text="Change" />
            <Go href=format!("{base}/secret") text="New secret" />
            {switch}
            <Go href=format!("{base}/delete") text="Delete" look=Look::Danger />
        </section>
    }
}

fn log(shown: Log, show: Show, clock: Clock) -> AnyView {
    if shown.rows.is_empty() {
        let text = "What is sent appears here, and stays for 30 days.";
        return view! { <Empty glyph=Glyph::Plug heading="Nothing here" text /> }.into_any();
    }
    let base = address(shown.hook.id);
    let count = i64::try_from(shown.rows.len()).unwrap_or(i64::MAX);
    let older = shown.next.map(|next| format!("{base}?after={next}&show={}", show.wire()));
    let rows: Vec<_> = shown.rows.into_iter().map(|row| line(shown.hook.id, row, clock)).collect();
    let cols = ["What", "State", "Tries", "Answer", "Took", "Made"].map(Col::new).to_vec();
    view! {
        <section class="card mt6" aria-labelledby="log">
            <h2 class="vh" id="log">"Deliveries"</h2>
            <Table class="cards late" cols>{rows}</Table>
            <Pager says=counted(count, "delivery", "deliveries") newer=None older />
        </section>
    }
    .into_any()
}

fn line(hook: Uuid, row: Row, clock: Clock) -> impl IntoView {
    let href = format!("{}/deliveries/{}", address(hook), row.id);
    let (what, state, answer) = (what(&row), delivery_state(&row), answer(&row));
    let took = row.took_ms.map(|ms| format!("{} ms", number(i64::from(ms)))).unwrap_or_default();
    let (attempts, made) = (i64::from(row.attempts), row.made_at);
    view! {
        <tr>
            <RowHead><a href=href>{what}</a></RowHead>
            <Cell label="State">{state}</Cell>
            <Cell label="Tries" class="num">{number(attempts)}</Cell>
            <Cell label="Answer"><bdi>{answer}</bdi></Cell>
            <Cell label="Took" class="nowrap num">{took}</Cell>
            <Cell label="Made"><When at=made clock form=Form::Second /></Cell>
        </tr>
    }
}

/// What a delivery tells of, with its number.
pub fn what(row: &Row) -> String {
    let number = row.seq.or(row.anchor).map(|number| format!(" #{number}")).unwrap_or_default();
    let words = match row.kind.as_str() {
        TEST => "Test",
        ANCHOR => "Anchor of the audit",
        kind => Event::parse(kind).map_or("An event", Event::words),
    };
    format!("{words}{number}")
}

/// The last answer in one line.
pub fn answer(row: &Row) -> String {
    match row.status {
        Some(status) if row.problem.is_empty() => status.to_string(),
        Some(status) => format!("{status}. {}", row.problem),
        None => row.problem.clone(),
    }
}

/// Where a delivery stands.
pub fn delivery_state(row: &Row) -> AnyView {
    let (tone, glyph, text) = match row.state.as_str() {
        "delivered" => (Tone::Ok, Glyph::Check, "Taken"),
        "failed" => (Tone::Bad, Glyph::Warn, "Given up"),
        _ => (Tone::Wait, Glyph::Clock, "Waiting"),
    };
    view! { <Mark tone glyph text /> }.into_any()
}

/// `/admin/webhooks/{id}/delete`
#[component]
pub fn Delete() -> impl IntoView {
    page(async {
        let hook = hooks::managed(&engine()?, &caller()?, id()?).await?;
        let question = Question {
            title: "Delete webhook",
            heading: format!("Delete {}", hook.name),
            entry: Entry::Hooks,
            crumbs: crumbs(&hook, "Delete"),
            outcome: "Nothing was deleted.",
            text: "It tells nothing any more, and its log goes with it. What waits is not sent. The audit keeps everything.".into(),
            look: Look::DangerSolid,
            reason: false,
            back: address(hook.id),
        };
        let frame = frame::here().await?;
        Ok::<_, Failure>(view! {
            <Confirm frame question>
                <p><bdi class="key">{hook.shown}</bdi></p>
            </Confirm>
        })
    })
}

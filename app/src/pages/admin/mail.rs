//! How mail goes out: server, kill switch, queue, what was given up.

use crate::ctx;
use crate::failure::Failure;
use crate::pages::account::mail::{id, letter, list, subject};
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use engine::ask::mails::{self, Outlook, Show};
use leptos::prelude::*;

/// `/admin/mail`
#[component]
pub fn Mails() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let show = Show::parse(&ctx::query("show").unwrap_or_default());
        let shown = mails::outlook(&engine, &caller, show, ctx::query("after").as_deref()).await?;
        let manages = allows(&caller.actor, &Action::ManageMail);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let tabs = Show::ALL
            .map(|each| Tab::new(word(each), format!("/admin/mail?show={}", each.wire()), each == show));
        let rows = if shown.page.rows.is_empty() {
            view! { <Empty glyph=Glyph::Info heading="Nothing here" text="Mails appear here when something happens that people are told of." /> }
                .into_any()
        } else {
            list(shown.page.clone(), "/admin/mail", &format!("&show={}", show.wire()), clock)
        };
        Ok::<_, Failure>(view! {
            <Page frame title="All mail" current=Some(Entry::Mail) purpose="How mail goes out, and what was written: what left stays for 30 days." flash=said() outcome="Nothing was changed.">
                <div class="stack">
                    {outlook(&shown, clock)}
                    {manages.then(|| controls(shown.stopped.is_some()))}
                    <Segments label="Mails" tabs=tabs.to_vec() />
                </div>
                {rows}
            </Page>
        })
    })
}

fn word(show: Show) -> &'static str {
    match show {
        Show::All => "All",
        Show::Waiting => "Waiting",
        Show::Sent => "Sent",
        Show::Kept => "Kept here",
        Show::Failed => "Given up",
    }
}

fn outlook(shown: &Outlook, clock: Clock) -> impl IntoView + use<> {
    let server =
        shown.server.clone().unwrap_or_else(|| "none is set: mails are kept here and read here".into());
    let facts = vec![
        ("Mail server", view! { <bdi>{server}</bdi> }.into_any()),
        ("Waiting", number(shown.waiting).into_any()),
        ("Sent in 24 h", number(shown.sent).into_any()),
        ("Given up in 30 days", number(shown.failed).into_any()),
    ];
    let stopped = shown.stopped.clone().map(|stopped| {
        let by = stopped.by.unwrap_or_else(|| "Pimento".into());
        view! {
            <Notice tone=Tone::Wait>
                <p>
                    <strong>"Mail is stopped"</strong> " since " <When at=stopped.at clock /> " by " <bdi>{by}</bdi> ": "
                    <bdi>{stopped.reason}</bdi>
                </p>
            </Notice>
        }
    });
    view! {
        {stopped}
        <section class="card pad" aria-label="How mail goes out"><Facts facts /></section>
    }
}

fn controls(stopped: bool) -> impl IntoView {
    let switch = if stopped {
        view! { <Deed deed="start" text="Let mail go out again" /> }.into_any()
    } else {
        view! {
            <Post class="row">
                <HiddenField name="deed" value="stop" />
                <TextField name="reason" label="Why mail is stopped" box_class="grow" />
                <Submit text="Stop all mail" look=Look::Danger />
            </Post>
        }
        .into_any()
    };
    view! {
        <section class="card pad stack" aria-label="Mail on and off">
            <Deed deed="test" text="Send me a test" look=Look::Plain />
            {switch}
        </section>
    }
}

/// `/admin/mail/{id}`
#[component]
pub fn OneMail() -> impl IntoView {
    page(async {
        let caller = ctx::caller()?;
        let mail = mails::any_one(&ctx::engine()?, &caller, id()?).await?;
        let again = mail.row.state == "failed" && allows(&caller.actor, &Action::ManageMail);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let crumbs = vec![Crumb::to("All mail", "/admin/mail"), Crumb::here("One mail")];
        Ok::<_, Failure>(view! {
            <Page frame title="Mail" heading=subject(&mail.row) current=Some(Entry::Mail) crumbs flash=said() outcome="Nothing was sent.">
                {letter(mail, "/admin/mail", clock)}
                {again.then(|| view! { <Post><Submit text="Try it again" /></Post> })}
            </Page>
        })
    })
}

//! What Pimento wrote to oneself.

use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use domain::notice::choice::Choice;
use engine::ask::mails::{self, Mail, Row};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// `/account/mail`
#[component]
pub fn Mails() -> impl IntoView {
    page(async {
        let (engine, caller) = (ctx::engine()?, ctx::caller()?);
        let shown = mails::own(&engine, &caller, ctx::query("after").as_deref()).await?;
        let off = mails::off(&engine, &caller).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let all = allows(&caller.actor, &Action::ReadMail)
            .then(|| view! { <a class="btn" href="/admin/mail">"All mail"</a> }.into_any());
        let content = if shown.rows.is_empty() {
            view! { <Empty glyph=Glyph::Info heading="No mail yet" text="What Pimento writes to you stays here for 30 days." /> }
                .into_any()
        } else {
            list(shown, "/account/mail", "", clock)
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Mail" purpose="What Pimento wrote to you in the last 30 days." actions=all.unwrap_or_else(|| ().into_any()) flash=said() outcome="Nothing was saved.">
                <AccountTabs at=At::Mail />
                {content}
                <Wanted off />
            </Page>
        })
    })
}

/// Which kinds somebody wants.
#[component]
fn Wanted(off: BTreeSet<Choice>) -> impl IntoView {
    let boxes = Choice::ALL.map(|choice| {
        view! {
            <label class="tick">
                <input type="checkbox" name="wanted[]" value=choice.wire() checked=!off.contains(&choice) />
                <span>{choice.words()}</span>
            </label>
        }
    });
    view! {
        <section class="card pad stack mt6" aria-labelledby="wanted">
            <h2 id="wanted">"What you want to hear of"</h2>
            <p class="sm muted">
                "What waits for your decision, what happens to your account, and emergencies always come. A policy may say that you are not told of something; that holds too."
            </p>
            <Post class="stack">
                <fieldset class="stack tight">
                    <legend class="vh">"Kinds of mail"</legend>
                    {boxes}
                </fieldset>
                <Actions>
                    <Submit text="Save" />
                </Actions>
            </Post>
        </section>
    }
}

/// `/account/mail/{id}`
#[component]
pub fn OneMail() -> impl IntoView {
    page(async {
        let id = id()?;
        let mail = mails::own_one(&ctx::engine()?, &ctx::caller()?, id).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let crumbs = vec![Crumb::to("Mail", "/account/mail"), Crumb::here("One mail")];
        Ok::<_, Failure>(view! {
            <Page frame title="Mail" heading=subject(&mail.row) crumbs>
                {letter(mail, "/account/mail", clock)}
            </Page>
        })
    })
}

/// The mail that the address names.
pub(in crate::pages) fn id() -> Result<uuid::Uuid, Failure> {
    ctx::named("id")
}

/// What it is about; before it leaves it has no subject of its own.
pub(in crate::pages) fn subject(row: &Row) -> String {
    if !row.subject.is_empty() {
        return row.subject.clone();
    }
    let notice = row.kind.as_deref().and_then(domain::notice::Notice::parse);
    notice.map_or("A test", domain::notice::Notice::words).to_owned()
}

/// A list of mails, and the way on.
pub(in crate::pages) fn list(shown: mails::Page, base: &'static str, query: &str, clock: Clock) -> AnyView {
    let count = shown.rows.len();
    let older = shown.next.map(|next| format!("{base}?after={next}{query}"));
    let rows: Vec<_> = shown
        .rows
        .into_iter()
        .map(|row| {
            let (href, subject, state) = (format!("{base}/{}", row.id), subject(&row), state(&row));
            let made = row.made_at;
            let to = row.name.unwrap_or(row.address);
            view! {
                <tr>
                    <RowHead><a href=href><bdi>{subject}</bdi></a></RowHead>
                    <Cell label="To"><bdi>{to}</bdi></Cell>
                    <Cell label="State">{state}</Cell>
                    <Cell label="Made"><When at=made clock /></Cell>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="card mt6" aria-labelledby="mails">
            <h2 class="vh" id="mails">"Mails"</h2>
            <Table class="cards late" cols=["Subject", "To", "State", "Made"].map(Col::new).to_vec()>{rows}</Table>
            <Pager says=counted(i64::try_from(count).unwrap_or(i64::MAX), "mail", "mails") newer=None older />
        </section>
    }
    .into_any()
}

/// Where a mail stands.
pub(in crate::pages) fn state(row: &Row) -> AnyView {
    let (tone, glyph, text) = match row.state.as_str() {
        "sent" => (Tone::Ok, Glyph::Check, "Sent"),
        "kept" => (Tone::Info, Glyph::Info, "Kept here"),
        "failed" => (Tone::Bad, Glyph::Warn, "Given up"),
        "moot" => (Tone::Plain, Glyph::Info, "Not needed any more"),
        _ => (Tone::Wait, Glyph::Clock, "Waiting"),
    };
    view! { <Mark tone glyph text /> }.into_any()
}

/// A mail in the list at `base` as text, and its one link, ours, as a button.
pub(in crate::pages) fn letter(mail: Mail, base: &'static str, clock: Clock) -> AnyView {
    let at = mail.row.closed_at.unwrap_or(mail.row.made_at);
    let path = path_in(&mail.body);
    let problem = (!mail.row.problem.is_empty())
        .then(|| ("Said", view! { <bdi>{mail.row.problem.clone()}</bdi> }.into_any()));
    let digest = mail.digest_id.map(|id| {
        ("Sent", view! { <a href=format!("{base}/{id}")>"in one mail with others"</a> }.into_any())
    });
    let facts = [
        ("To", view! { <bdi>{mail.row.address.clone()}</bdi> }.into_any()),
        ("State", state(&mail.row)),
        ("When", view! { <When at clock /> }.into_any()),
    ];
    view! {
        <div class="card pad stack narrow">
            <Facts facts=facts.into_iter().chain(digest).chain(problem).collect() />
            <Said text=&mail.body whole=true />
            {path.map(|path| view! { <p><a class="btn primary" href=path>"Open what it is about"</a></p> })}
        </div>
    }
    .into_any()
}

/// The path of the mail's own link: the last line that ends in an address of ours.
fn path_in(body: &str) -> Option<String> {
    let line = body.lines().rev().find(|line| !line.starts_with('>') && line.contains(": http"))?;
    let address = line.rsplit_once(": http").map(|(_, rest)| rest)?;
    let (_, rest) = address.split_once("://")?;
    let path = rest.split_once('/').map(|(_, path)| format!("/{path}"))?;
    path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::path_in;

    #[test]
    fn the_way_on_is_the_mails_own_link_and_never_one_from_a_quotation() {
        let body =
            "Ann asks\n\n> see: http://evil/x\n\nLook and decide: http://localhost:8080/approvals/R-1\n\nWhy";
        assert_eq!(path_in(body).as_deref(), Some("/approvals/R-1"));
        assert_eq!(path_in("> see: http://evil/x"), None);
        assert_eq!(path_in("Go: http://host/a?b=javascript:x"), None);
    }
}

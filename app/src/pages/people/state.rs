//! Asks once before a person is disabled, enabled, deleted or restored.

use super::address;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::confirm::{Confirm, Question};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::{deleted, person};
use leptos::prelude::*;

/// What the page asks.
struct Words {
    title: &'static str,
    verb: &'static str,
    outcome: &'static str,
    text: &'static str,
    look: Look,
    reason: bool,
}

const DISABLE: Words = Words {
    title: "Disable person",
    verb: "Disable",
    outcome: "Not disabled.",
    text: "Everything they switched on ends now, what they asked for is closed, and they are signed out everywhere. What is \
        assigned to them stays written and works for nobody until they are enabled again.",
    look: Look::DangerSolid,
    reason: true,
};

const ENABLE: Words = Words {
    title: "Enable person",
    verb: "Enable",
    outcome: "Not enabled.",
    text: "They can sign in again, and what is assigned to them works again. What ended stays ended.",
    look: Look::Primary,
    reason: true,
};

const DELETE: Words = Words {
    title: "Delete person",
    verb: "Delete",
    outcome: "Not deleted.",
    text: "All their access ends now, assigned or switched on. What they asked for is closed, they are signed out everywhere, \
        and their password and second factor are gone. For 30 days they can be restored, with none of it.",
    look: Look::DangerSolid,
    reason: true,
};

const RESTORE: Words = Words {
    title: "Restore person",
    verb: "Restore",
    outcome: "Not restored.",
    text: "They are in the directory again, with no access and no way to sign in. Assign what they need, and make them a \
        sign-in link.",
    look: Look::Primary,
    reason: false,
};

/// `/people/{user}/disable`
#[component]
pub fn DisablePerson() -> impl IntoView {
    page(async { Ok(show(frame::here().await?, &DISABLE, living(|may| may.disable).await?)) })
}

/// `/people/{user}/enable`
#[component]
pub fn EnablePerson() -> impl IntoView {
    page(async { Ok(show(frame::here().await?, &ENABLE, living(|may| may.disable).await?)) })
}

/// `/people/{user}/delete`
#[component]
pub fn DeletePerson() -> impl IntoView {
    page(async { Ok(show(frame::here().await?, &DELETE, living(|may| may.delete).await?)) })
}

/// `/people/{user}/restore`
#[component]
pub fn RestorePerson() -> impl IntoView {
    page(async {
        let found = deleted::person(&engine()?, &caller()?, &user()?).await?;
        let who = Who { name: found.name, user_name: found.handle, ..Who::default() };
        Ok(show(frame::here().await?, &RESTORE, (who, "/people/deleted".to_owned())))
    })
}

fn user() -> Result<String, Failure> {
    ctx::param("user").ok_or(Failure::NotFound)
}

/// Who it is and her page, for whoever may.
async fn living(may: fn(person::May) -> bool) -> Result<(Who, String), Failure> {
    let found = person::person(&engine()?, &caller()?, &user()?).await?;
    let back = address(&found.who.user_name);
    if may(found.may) { Ok((found.who.into(), back)) } else { Err(Failure::NotFound) }
}

fn show(frame: Frame, words: &'static Words, (who, back): (Who, String)) -> impl IntoView {
    let question = Question {
        title: words.title,
        heading: format!("{} {}", words.verb, who.name),
        entry: Entry::People,
        crumbs: vec![
            Crumb::to("People", "/people"),
            Crumb::to(who.name.clone(), back.clone()),
            Crumb::here(words.verb),
        ],
        outcome: words.outcome,
        text: words.text.to_owned(),
        look: words.look,
        reason: words.reason,
        back,
    };
    view! {
        <Confirm frame question>
            <Person who />
        </Confirm>
    }
}

//! `/groups/{key}/activate-for?within=`, `/roles/{role}/activate-for?within=`: for whom of a group that is eligible.

use super::head::{GroupPage, On};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::frame;
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::behalf_people::{self, BehalfPeople};
use engine::ask::thing::Pick;
use leptos::prelude::*;
use uuid::Uuid;

/// The page: people by name, each with the way to the form.
///
/// # Errors
/// As [`behalf_people::load`].
pub async fn choose(pick: Pick, within: Uuid) -> Result<AnyView, Failure> {
    let text = ctx::query("name").unwrap_or_default();
    let shown = behalf_people::load(&engine()?, &caller()?, &pick, within, &text).await?;
    let (frame, header) = (frame::here().await?, shown.header.clone());
    Ok(view! {
        <GroupPage frame header on=On::Assignments step="Ask on behalf">
            <div class="stack">
                <p>
                    <Sentence text=Text::say("Everybody in ").name(&shown.within.name).then(" is eligible. For whom do you ask?") />
                </p>
                <Find pick=pick.clone() within text=text.clone() />
                <Found shown pick text />
            </div>
        </GroupPage>
    }
    .into_any())
}

#[component]
fn Find(pick: Pick, within: Uuid, text: String) -> impl IntoView {
    view! {
        <form class="filters" method="get" role="search" aria-label="Find somebody in the group">
            <HiddenField name="within" value=within.to_string() />
            <HiddenField name="role" value=pick.kind.wire() />
            <TextField name="name" label="Name" kind="search" value=text hide_label=true placeholder="Name or user name" />
            <button class="btn">"Find"</button>
        </form>
    }
}

#[component]
fn Found(shown: BehalfPeople, pick: Pick, text: String) -> impl IntoView {
    if shown.people.is_empty() {
        let (heading, text) = if text.trim().is_empty() {
            ("Nobody is in this group now", "Once somebody is, they can be asked for here.")
        } else {
            ("Nobody matches", "Another name may find somebody.")
        };
        return view! { <Empty glyph=Glyph::Users heading text /> }.into_any();
    }
    let rows: Vec<_> = shown
        .people
        .into_iter()
        .map(|who| {
            let href =
                format!("{}/activate-for?principal={}&role={}", pick.place(), who.id, pick.kind.wire());
            let name = who.name.clone();
            view! {
                <tr>
                    <RowHead>
                        <Person who=who.into() />
                    </RowHead>
                    <ActionCell>
                        <a class="btn small" href=href>
                            "Ask for them" <Of name />
                        </a>
                    </ActionCell>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="card">
            <Table cols=vec![Col::new("Who"), Col::actions()]>{rows}</Table>
        </div>
        {shown.more.then(|| view! { <p class="sm muted">"There are more: a name finds them."</p> })}
    }
    .into_any()
}

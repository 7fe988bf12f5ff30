//! Asks once before a group is deleted or restored.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::confirm::{Confirm, Question};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::{deleted, group_page};
use leptos::prelude::*;

/// `/groups/{key}/delete`
#[component]
pub fn DeleteGroup() -> impl IntoView {
    page(async {
        let found = group_page::group_page(&engine()?, &caller()?, &key()?).await?;
        if !found.header.deletes {
            return Err(Failure::NotFound);
        }
        let held: i64 = found.counts.iter().map(|one| one.eligible + one.activated + one.standing).sum();
        let header = found.header;
        let back = format!("/groups/{}", header.key);
        let text = format!(
            "What the group gives stops working at once for everybody: {} for it end now, and what waits is closed. For \
             30 days the group can be restored, empty.",
            counted(held, "assignment", "assignments"),
        );
        let question = Question {
            title: "Delete group",
            heading: format!("Delete {}", header.name),
            entry: Entry::Groups,
            crumbs: vec![
                Crumb::to("Groups", "/groups"),
                Crumb::to(header.name.clone(), back.clone()),
                Crumb::here("Delete"),
            ],
            outcome: "Not deleted.",
            text,
            look: Look::DangerSolid,
            reason: true,
            back,
        };
        Ok(show(frame::here().await?, question, header.name, header.key))
    })
}

/// `/groups/{key}/restore`
#[component]
pub fn RestoreGroup() -> impl IntoView {
    page(async {
        let found = deleted::group(&engine()?, &caller()?, &key()?).await?;
        let question = Question {
            title: "Restore group",
            heading: format!("Restore {}", found.name),
            entry: Entry::Groups,
            crumbs: vec![
                Crumb::to("Groups", "/groups"),
                Crumb::to("Deleted", "/groups/deleted"),
                Crumb::here("Restore"),
            ],
            outcome: "Not restored.",
            text: "The group is there again with its policies, and empty: what ended with it stays ended. Assign anew who \
                shall have it."
                .to_owned(),
            look: Look::Primary,
            reason: false,
            back: "/groups/deleted".to_owned(),
        };
        Ok(show(frame::here().await?, question, found.name, found.handle))
    })
}

fn key() -> Result<String, Failure> {
    ctx::param("key").ok_or(Failure::NotFound)
}

fn show(frame: Frame, question: Question, name: String, key: String) -> impl IntoView {
    view! {
        <Confirm frame question>
            <GroupAsPerson name note=key />
        </Confirm>
    }
}

//! What was deleted lately and can be taken back: groups, people.

use crate::ctx::{caller, engine};
use crate::pages::people::address;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::deleted::{self, Row};
use leptos::prelude::*;

/// `/groups/deleted`
#[component]
pub fn DeletedGroups() -> impl IntoView {
    page(async {
        let rows = deleted::groups(&engine()?, &caller()?).await?;
        let crumbs = vec![Crumb::to("Groups", "/groups"), Crumb::here("Deleted")];
        let restore = |key: &str| format!("/groups/{key}/restore");
        Ok(show(frame::here().await?, Entry::Groups, "Deleted groups", crumbs, rows, restore))
    })
}

/// `/people/deleted`
#[component]
pub fn DeletedPeople() -> impl IntoView {
    page(async {
        let rows = deleted::people(&engine()?, &caller()?).await?;
        let crumbs = vec![Crumb::to("People", "/people"), Crumb::here("Deleted")];
        let restore = |user_name: &str| format!("{}/restore", address(user_name));
        Ok(show(frame::here().await?, Entry::People, "Deleted people", crumbs, rows, restore))
    })
}

fn show(
    frame: Frame,
    entry: Entry,
    title: &'static str,
    crumbs: Vec<Crumb>,
    rows: Vec<Row>,
    restore: fn(&str) -> String,
) -> impl IntoView {
    let clock = frame.clock;
    let content = if rows.is_empty() {
        let text = "What was deleted in the last 30 days stands here and can be restored.";
        view! { <Empty glyph=Glyph::Minus heading="Nothing deleted lately" text /> }.into_any()
    } else {
        let heads = ["Name", "Deleted", "Can be restored until"].map(Col::new);
        let cols = heads.into_iter().chain([Col::actions()]).collect();
        let rows: Vec<_> = rows.into_iter().map(|row| view! { <Line row clock restore /> }).collect();
        view! { <Table cols>{rows}</Table> }.into_any()
    };
    view! {
        <Page frame title current=Some(entry) crumbs purpose="For 30 days, and without what ended with it." flash=said()>
            <div class="card">{content}</div>
        </Page>
    }
}

#[component]
fn Line(row: Row, clock: Clock, restore: fn(&str) -> String) -> impl IntoView {
    let (href, gone_at) = (restore(&row.handle), row.gone_at());
    let name = row.name.clone();
    view! {
        <tr>
            <RowHead>
                <bdi>{row.name}</bdi>
                <small class="muted">
                    <bdi>{row.handle}</bdi>
                </small>
            </RowHead>
            <Cell label="Deleted">
                <When at=row.deleted_at clock />
            </Cell>
            <Cell label="Can be restored until">
                <When at=gone_at clock />
            </Cell>
            <ActionCell>
                <a class="btn small" href=href>
                    "Restore"
                    <span class="vh">" " <bdi>{name}</bdi></span>
                </a>
            </ActionCell>
        </tr>
    }
}

//! The directory roles: what each may do, and who holds it now.

use crate::ctx;
use crate::pages::people::address;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::roles::{self, By, Held, Holder};
use leptos::prelude::*;

/// `/roles`
#[component]
pub fn Roles() -> impl IntoView {
    page(async {
        let held = roles::roles(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let rows: Vec<_> = held.into_iter().map(|held| row(held, clock)).collect();
        Ok(view! {
            <Page
                frame
                title="Directory roles"
                current=Some(Entry::Roles)
                purpose="What each role may do here, and who holds it now. Groups that hold one are role-assignable."
            >
                <Table cols=vec![Col::new("Role"), Col::new("What it may do"), Col::new("Held by")] class="cards align-top">
                    {rows}
                </Table>
            </Page>
        })
    })
}

fn row(held: Held, clock: Clock) -> impl IntoView {
    let none = held.holders.is_empty();
    let holders: Vec<_> =
        held.holders.into_iter().map(|one| view! { <li>{holder(one, clock)}</li> }).collect();
    view! {
        <tr>
            <RowHead>
                <a class="gname" href=format!("/roles/{}", held.role.wire())>{held.role.name()}</a>
            </RowHead>
            <Cell label="What it may do">{held.role.may()}</Cell>
            <Cell label="Held by">
                {if none {
                    view! { <span class="muted">"Nobody"</span> }.into_any()
                } else {
                    view! { <ul class="stack tight">{holders}</ul> }.into_any()
                }}
            </Cell>
        </tr>
    }
}

/// Somebody or a group that holds a role, and until when.
pub fn holder(holder: Holder, clock: Clock) -> impl IntoView {
    let until = holder.until.map(|at| view! { <small class="muted">"until " <When at clock /></small> });
    let by = match holder.by {
        By::Person(who) => {
            let who = Who { href: Some(address(&who.user_name)), ..who.into() };
            view! { <Person who small=true /> }.into_any()
        }
        By::Group { key, name, people, open } => {
            let note = format!("{key} · {}", counted(people, "person", "people"));
            view! { <GroupAsPerson name note href=open.then(|| format!("/groups/{key}")) small=true /> }
                .into_any()
        }
    };
    view! {
        {by}
        {until}
    }
}

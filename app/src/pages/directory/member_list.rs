//! People and groups that are in a group directly.

use crate::pages::people::address;
use crate::parts::prelude::*;
use domain::target::Access;
use engine::ask::membership::Row as Found;
use leptos::prelude::*;

/// The table.
#[component]
pub fn MemberTable(
    /// The group's address.
    key: String,
    /// Members or owners.
    access: Access,
    /// Who they are.
    rows: Vec<Found>,
    /// Whether they can be removed here.
    edits: bool,
) -> impl IntoView {
    if rows.is_empty() {
        let (heading, text) = match access {
            Access::Member => ("Nobody is inside", "People and groups that are members stand here."),
            Access::Owner => ("Nobody owns it", "People who may change this group stand here."),
        };
        return view! { <Empty glyph=Glyph::Users heading text /> }.into_any();
    }
    let heads = ["Who", "State"].map(Col::new);
    let cols = heads.into_iter().chain(edits.then(Col::actions)).collect();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let remove = edits
                .then(|| format!("/groups/{key}/membership/remove?access={}&who={}", access.wire(), row.id));
            view! { <Row row remove /> }
        })
        .collect();
    view! {
        <Table cols class="cards late">
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Row(row: Found, remove: Option<String>) -> impl IntoView {
    let name = row.name.clone();
    let who = if row.is_group {
        let href = row.open.then(|| format!("/groups/{}", row.handle));
        let note = format!("{} · group", row.handle);
        view! { <GroupAsPerson name=row.name note href /> }.into_any()
    } else {
        let href = Some(address(&row.handle));
        view! { <Person who=Who { name: row.name, user_name: row.handle, note: row.note, href } /> }
            .into_any()
    };
    view! {
        <tr>
            <RowHead>{who}</RowHead>
            <Cell label="State">
                {(!row.enabled).then(|| view! { <Mark tone=Tone::Bad glyph=Glyph::Slash text="Disabled" /> })}
            </Cell>
            {remove
                .map(|href| {
                    view! {
                        <ActionCell>
                            <a class="btn small" href=href>
                                "Remove"
                                <span class="vh">" " <bdi>{name}</bdi></span>
                            </a>
                        </ActionCell>
                    }
                })}
        </tr>
    }
}

//! `/groups/{key}/assignments/remove`, `/roles/{role}/assignments/remove`: says whom it takes what from, and what ends with it, before anything is done.

use super::head::{GroupPage, On};
use crate::api::people::suggest;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::target::TargetKind;
use engine::ask::group_assignments::{self, Chosen};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Remove() -> impl IntoView {
    page(async {
        let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
        let ids: Vec<_> = ctx::queries("pick").iter().filter_map(|id| id.parse().ok()).collect();
        let frame = frame::here().await?;
        let clock = frame.clock;
        let back = format!("{place}/assignments");
        if ids.is_empty() {
            let header = group_assignments::managed(&engine, &caller, &place).await?;
            return Ok::<_, Failure>(view! {
                <GroupPage frame header on=On::Assignments step="Remove">
                    <Empty glyph=Glyph::Users heading="Nobody was ticked" text="Tick the people whose assignment you want to take away.">
                        <Go href=back text="Back to the assignments" />
                    </Empty>
                </GroupPage>
            }
            .into_any());
        }
        let (header, rows) = group_assignments::chosen(&engine, &caller, &place, &ids).await?;
        let last_owner = rows.iter().any(|row| row.last_owner);
        let picks = suggest::picks("successor[]", Vec::new(), super::group_key(), false).await?;
        let count = counted(i64::try_from(rows.len()).unwrap_or(i64::MAX), "assignment", "assignments");
        let hidden: Vec<_> =
            rows.iter().map(|row| view! { <HiddenField name="pick[]" value=row.id.to_string() /> }).collect();
        Ok(view! {
            <GroupPage frame header on=On::Assignments step="Remove" outcome="Nothing was removed.">
                <Post class="stack loose">
                    {hidden}
                    <HiddenField name="form" value=engine::ids::new().to_string() />
                    <div class="card"><List rows clock /></div>
                    <div class="card pad stack">
                        {last_owner.then(|| view! {
                            <Notice tone=Tone::Wait><p>"This is the last active owner. A group needs one active owner: name who follows."</p></Notice>
                            <PeopleField name="successor[]" label="New owner" hint="Becomes an active owner in the same step." picks single=true group=super::group_key() />
                        })}
                        <TextArea name="reason" label="Reason" hint="Shown in the audit." max=2000 optional=true />
                        {last_owner.then(|| view! { <CodeField hint="Only if the policy asks for one to make an owner active." /> })}
                        <Actions>
                            <Submit text=format!("Remove {count}") look=Look::DangerSolid />
                            <Go href=back text="Keep everything" look=Look::Quiet />
                        </Actions>
                    </div>
                </Post>
            </GroupPage>
        }
        .into_any())
    })
}

#[component]
fn List(rows: Vec<Chosen>, clock: Clock) -> impl IntoView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let kind = TargetKind::parse(&row.access).unwrap_or(TargetKind::Member);
            let what = if row.kind == "active" { "Active" } else { "Eligible" };
            let ends = also(&row, clock);
            view! {
                <tr>
                    <RowHead><Person who=Who { name: row.name, user_name: row.handle, ..Who::default() } /></RowHead>
                    <Cell label="Role"><RoleTag access=kind /></Cell>
                    <Cell label="What">{what} ", " <UntilWhen end=row.ends_at clock /></Cell>
                    <Cell label="Ends with it">{ends}</Cell>
                </tr>
            }
        })
        .collect();
    let cols = vec![Col::new("Who"), Col::new("Role"), Col::new("What"), Col::new("Ends with it")];
    view! { <Table cols caption="Will be removed at once">{rows}</Table> }
}

fn also(row: &Chosen, clock: Clock) -> String {
    let mut ends = Vec::new();
    if let Some(end) = row.on_until {
        ends.push(format!("an activation that runs until {}", clock.at(end)));
    }
    if row.open_requests > 0 {
        ends.push(counted(row.open_requests, "open request", "open requests"));
    }
    if ends.is_empty() { "nothing else".to_owned() } else { ends.join(", ") }
}

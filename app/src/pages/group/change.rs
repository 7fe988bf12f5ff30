//! `/groups/{key}/assignments/{id}/change`, `/roles/{role}/assignments/{id}/change`: another window.

use super::assign::Ends;
use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::target::TargetKind;
use engine::ask::{assign_form, group_assignments};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Change() -> impl IntoView {
    page(async {
        let (engine, caller, place) = (ctx::engine()?, ctx::caller()?, super::place()?);
        let id = ctx::named("id")?;
        let (header, rows) = group_assignments::chosen(&engine, &caller, &place, &[id]).await?;
        let row = rows.into_iter().next().filter(|row| row.origin != "activated").ok_or(Failure::NotFound)?;
        let form = assign_form::assign_form(&engine, &caller, &place, &[]).await?;
        let kind = TargetKind::parse(&row.access).ok_or(Failure::NotFound)?;
        let policy = form.policies.into_iter().find(|(of, _)| *of == kind).ok_or(Failure::NotFound)?.1;
        let as_what = match kind {
            TargetKind::Role => String::new(),
            kind => format!(" as {}", access_word(kind).to_lowercase()),
        };
        let active = row.kind == Kind::Active.wire();
        let rules = if active { policy.active.length } else { policy.eligible };
        let most = if rules.permanent {
            "No end is needed here.".to_owned()
        } else {
            format!("At most {} from now.", rules.max.words())
        };
        let frame = frame::here().await?;
        let clock = frame.clock;
        let later = row.starts_at > clock.now;
        let cuts = row.on_until.map(|end| view! { <p class="hint">"On by activation until " <When at=end clock /> ". An earlier end here cuts it too."</p> });
        Ok::<_, Failure>(view! {
            <GroupPage frame header on=On::Assignments step="Change an assignment" outcome="Nothing was changed.">
                <Post class="card pad stack">
                    <HiddenField name="form" value=engine::ids::new().to_string() />
                    <p>
                        <Named who=Who { name: row.name, user_name: row.handle, ..Who::default() } />
                        {format!(" is {}{as_what}, ", if active { "active" } else { "eligible" })}
                        <UntilWhen end=row.ends_at clock /> "."
                    </p>
                    <Ends
                        clock
                        never=rules.permanent
                        start=later.then_some(row.starts_at)
                        end=row.ends_at.or(Some(clock.now + rules.max.delta()))
                        permanent=row.ends_at.is_none()
                        hint=most
                        later
                    />
                    {cuts}
                    <TextArea name="reason" label="Justification" max=2000 optional=!(active && policy.active.justification) />
                    {(active && policy.active.proof).then(|| view! { <CodeField hint="Asked when the end moves later." /> })}
                    <Actions>
                        <Submit text="Change" />
                        <Go href=format!("{place}/assignments") text="Keep it" look=Look::Quiet />
                    </Actions>
                </Post>
            </GroupPage>
        })
    })
}

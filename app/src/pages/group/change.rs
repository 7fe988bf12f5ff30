//! `/groups/{key}/assignments/{id}/change`: another window.

use super::assign::Ends;
use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::assignment::Kind;
use domain::target::Access;
use engine::ask::{assign_form, group_assignments};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Change() -> impl IntoView {
    page(async {
        let (engine, caller, key) = (ctx::engine()?, ctx::caller()?, super::key());
        let id = ctx::param("id").and_then(|id| id.parse().ok()).ok_or(Failure::NotFound)?;
        let (header, rows) = group_assignments::chosen(&engine, &caller, &key, &[id]).await?;
        let row = rows.into_iter().next().filter(|row| row.origin != "activated").ok_or(Failure::NotFound)?;
        let form = assign_form::assign_form(&engine, &caller, &key, &[]).await?;
        let access = Access::parse(&row.access).unwrap_or(Access::Member);
        let policy = match access {
            Access::Member => form.member,
            Access::Owner => form.owner,
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
                        {if active { " is active as " } else { " is eligible as " }}
                        {access_word(access).to_lowercase()}
                        ", until " <Until end=row.ends_at clock /> "."
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
                        <Go href=format!("/groups/{key}/assignments") text="Keep it" look=Look::Quiet />
                    </Actions>
                </Post>
            </GroupPage>
        })
    })
}

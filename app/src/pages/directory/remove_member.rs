//! Asks once before somebody is taken out of a group that is not managed here.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::target::Access;
use engine::ask::membership::{self, Seat};
use leptos::prelude::*;

/// `/groups/{key}/membership/remove?access=&who=`
#[component]
pub fn RemoveMember() -> impl IntoView {
    page(async {
        let key = ctx::param("key").ok_or(Failure::NotFound)?;
        let answers = Answers::here();
        let asked = |name: &str| answers.value(name).map(str::to_owned).or_else(|| ctx::query(name));
        let access = asked("access").as_deref().and_then(Access::parse).ok_or(Failure::NotFound)?;
        let who = asked("who").and_then(|id| id.parse().ok()).ok_or(Failure::NotFound)?;
        let seat = membership::seat(&engine()?, &caller()?, &key, access, who).await?;
        Ok(show(frame::here().await?, seat, access, who.to_string()))
    })
}

fn show(frame: Frame, seat: Seat, access: Access, who: String) -> impl IntoView {
    let back = format!("/groups/{}/membership", seat.key);
    let crumbs = vec![
        Crumb::to("Groups", "/groups"),
        Crumb::to(seat.group.clone(), format!("/groups/{}", seat.key)),
        Crumb::to("Members", back.clone()),
        Crumb::here("Remove"),
    ];
    let role = match access {
        Access::Member => "a member",
        Access::Owner => "an owner",
    };
    let heading = format!("Remove {}", seat.name);
    view! {
        <Page frame title="Remove" heading current=Some(Entry::Groups) crumbs outcome="Not removed.">
            <Post class="card pad stack narrow">
                <HiddenField name="access" value=access.wire() />
                <HiddenField name="who" value=who />
                <p>
                    <b>
                        <bdi>{seat.name.clone()}</bdi>
                    </b>
                    " (" <bdi>{seat.handle}</bdi> ") is then no longer " {role} " of "
                    <bdi>{seat.group}</bdi> ", and what the group gives stops working at once, with what was activated through it."
                </p>
                <Actions>
                    <Submit text=heading_of(&seat.name) look=Look::DangerSolid />
                    <Go href=back text="Cancel" look=Look::Quiet />
                </Actions>
            </Post>
        </Page>
    }
}

fn heading_of(name: &str) -> String {
    format!("Remove {name}")
}

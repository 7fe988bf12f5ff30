//! Assigning a group to an application, and taking it away.

use super::{address, crumbs, managed};
use crate::api::people::suggest::picks;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use leptos::prelude::*;

/// `/admin/applications/{id}/groups`
#[component]
pub fn Assign() -> impl IntoView {
    page(async {
        let app = managed().await?.application;
        let picks = picks("group", Vec::new(), None, true).await?;
        let frame = frame::here().await?;
        let (crumbs, back) = (crumbs(&app, "Assign a group"), address(app.id));
        let heading = format!("Assign a group to {}", app.name);
        Ok::<_, Failure>(view! {
            <Page frame title="Assign a group" heading current=Some(Entry::Applications) crumbs outcome="Nothing was assigned.">
                <Post class="card pad stack narrow">
                    <PeopleField name="group" label="Group" hint="Everybody who is in it, also through other groups." picks single=true groups=true />
                    <TextField
                        name="role"
                        label="What its members are there"
                        hint="As people read it beside their access: “Maintainer of billing”."
                        max=256
                        optional=true
                    />
                    <Actions>
                        <Submit text="Assign" />
                        <Go href=back text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}

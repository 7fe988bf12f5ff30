//! Assigning a group to an application, and taking it away.

use super::{address, crumbs, managed};
use crate::api::people::suggest::picks;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::provision::Kind;
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
        let (label, hint, optional) = match app.kind() {
            Kind::Scim => (
                "What its members are there",
                "As people read it beside their access: “Maintainer of billing”.",
                true,
            ),
            Kind::Postgres => {
                ("The role that its members get", "As the database calls it. It has to be there.", false)
            }
        };
        Ok::<_, Failure>(view! {
            <Page frame title="Assign a group" heading current=Some(Entry::Applications) crumbs outcome="Nothing was assigned.">
                <Post class="card pad stack narrow">
                    <PeopleField name="group" label="Group" hint="Everybody who is in it, also through other groups." picks single=true groups=true />
                    <TextField
                        name="role"
                        label
                        hint
                        max=256
                        required=!optional
                        optional
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

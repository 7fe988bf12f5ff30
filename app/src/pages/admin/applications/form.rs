//! Connecting an application, changing it, and its token, which is never shown.

use super::fields::SettingFields;
use super::{address, crumbs, managed};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use domain::provision::Kind;
use leptos::prelude::*;

/// `/admin/applications/new`
#[component]
pub fn New() -> impl IntoView {
    page(async {
        if !allows(&ctx::caller()?.actor, &Action::ManageApplications) {
            return Err(Failure::NotFound);
        }
        let frame = frame::here().await?;
        let crumbs =
            vec![Crumb::to("Applications", "/admin/applications"), Crumb::here("Connect an application")];
        Ok(view! {
            <Page frame title="Connect an application" current=Some(Entry::Applications) crumbs outcome="Nothing was connected.">
                <Post class="card pad stack narrow">
                    <RadioField name="kind" legend="What it is" choices=kinds() value=Kind::default().wire().to_owned() />
                    <Named name="".to_owned() base_url="".to_owned() hint="SCIM: https://git.example/scim/v2. Database: postgres://pimento@db.example/shop" />
                    <TokenField
                        label="Token or password"
                        hint="The application gives you the token; the password is that of the role in the address. It is kept sealed, and never shown."
                        required=true
                    />
                    <p>"Nothing is sent before you assign a group."</p>
                    <CodeField required=true />
                    <Actions>
                        <Submit text="Connect" />
                        <Go href="/admin/applications" text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}

fn kinds() -> Vec<Choice> {
    Kind::ALL.iter().map(|one| Choice::new(one.wire(), one.words())).collect()
}

/// With what it knows us.
pub(super) fn secret(kind: Kind) -> &'static str {
    match kind {
        Kind::Scim => "Token",
        Kind::Postgres => "Password",
    }
}

/// How its address looks.
fn looks(kind: Kind) -> &'static str {
    match kind {
        Kind::Scim => "As https://git.example/scim/v2",
        Kind::Postgres => {
            "As postgres://pimento@db.example/shop: the role that grants, the server, a database"
        }
    }
}

#[component]
fn Named(name: String, base_url: String, hint: &'static str) -> impl IntoView {
    view! {
        <TextField name="name" label="Name" hint="As people know it." value=name max=256 required=true focus=true />
        <TextField
            name="base_url"
            label="Address"
            hint
            value=base_url
            max=2000
            required=true
            inputmode="url"
        />
    }
}

#[component]
fn TokenField(label: &'static str, hint: &'static str, required: bool) -> impl IntoView {
    view! {
        <TextField name="token" label hint kind="password" autocomplete="off" max=4000 required optional=!required />
    }
}

/// `/admin/applications/{id}/edit`
#[component]
pub fn Edit() -> impl IntoView {
    page(async {
        let found = managed().await?;
        let frame = frame::here().await?;
        let app = found.application;
        let (crumbs, back, heading) =
            (crumbs(&app, "Change"), address(app.id), format!("Change {}", app.name));
        Ok::<_, Failure>(view! {
            <Page frame title="Change application" heading current=Some(Entry::Applications) crumbs outcome="Not saved.">
                <Post class="stack loose">
                    <HiddenField name="version" value=app.version.to_string() />
                    <HiddenField name="kind" value=app.kind().wire() />
                    <section class="card pad stack" aria-label="What it is">
                        <Named name=found.input.name base_url=found.input.base_url hint=looks(app.kind()) />
                        <TokenField label=secret(app.kind()) hint="Empty keeps the one there is. Another address takes it again." required=false />
                        <CheckField
                            name="leave_them"
                            label="With another address: leave who is a member at the old one"
                            note="Nobody takes them away there any more."
                        />
                    </section>
                    <SettingFields kind=app.kind() typed=found.input.settings />
                    <div class="card pad stack">
                        <CodeField required=true />
                        <Actions>
                            <Submit text="Save" />
                            <Go href=back text="Cancel" look=Look::Quiet />
                        </Actions>
                    </div>
                </Post>
            </Page>
        })
    })
}

/// `/admin/applications/{id}/token`
#[component]
pub fn Token() -> impl IntoView {
    page(async {
        let app = managed().await?.application;
        let frame = frame::here().await?;
        let secret = secret(app.kind());
        let new = format!("New {}", secret.to_lowercase());
        let (crumbs, back) = (crumbs(&app, &new), address(app.id));
        let heading = format!("{new} for {}", app.name);
        let submit = format!("Use the {}", new.to_lowercase());
        Ok::<_, Failure>(view! {
            <Page frame title="New token" heading current=Some(Entry::Applications) crumbs outcome="It is as it was.">
                <Post class="card pad stack narrow">
                    <p>"The new one is used from now on. For 24 hours the one before is tried too, where the new one is not taken yet."</p>
                    <TokenField label=secret hint="It is kept sealed, and never shown." required=true />
                    <CodeField required=true />
                    <Actions>
                        <Submit text=submit />
                        <Go href=back text="Cancel" look=Look::Quiet />
                    </Actions>
                </Post>
            </Page>
        })
    })
}

//! The second step: a code of the authenticator app, or a recovery code.

use super::{Next, wanted};
use crate::failure::Failure;
use crate::pages::page;
use crate::parts::prelude::*;
use crate::{ctx, session};
use engine::db::users;
use leptos::prelude::*;

/// `/sign-in/second`
#[component]
pub fn Second() -> impl IntoView {
    page(async {
        let account = account().await?;
        let next = wanted().map_or_else(String::new, |next| format!("?next={}", next.encoded()));
        Ok(view! {
            <Plain
                title="Confirm that it is you"
                purpose=accepted(&account)
                outcome="You are not signed in."
                below=again()
            >
                <Post class="stack">
                    <Next />
                    <CodeField hint="Six digits. Each code works once." focus=true required=true />
                    <button class="btn primary">"Sign in"</button>
                </Post>
                <p class="sm">
                    <a href=format!("/sign-in/recovery{next}")>"Use a recovery code"</a>
                </p>
            </Plain>
        })
    })
}

/// `/sign-in/recovery`
#[component]
pub fn Recovery() -> impl IntoView {
    page(async {
        let account = account().await?;
        Ok(view! {
            <Plain title="Use a recovery code" purpose=accepted(&account) outcome="You are not signed in." below=again()>
                <Post class="stack">
                    <Next />
                    <TextField
                        name="code"
                        label="Recovery code"
                        hint="Each opens your account once. Set up your authenticator app again afterwards."
                        required=true
                        focus=true
                    />
                    <button class="btn primary">"Sign in"</button>
                </Post>
            </Plain>
        })
    })
}

/// What the person whose password was right signs in with.
pub(super) async fn account() -> Result<String, Failure> {
    let person = session::pending()?;
    let mut conn = ctx::engine()?.pool.acquire().await.map_err(engine::Error::from)?;
    let user = users::find(&mut conn, person).await?.ok_or(Failure::SignedOut)?;
    Ok(user.user_name)
}

pub(super) fn accepted(account: &str) -> AnyView {
    view! {
        "Password accepted for "
        <b>
            <bdi>{account.to_owned()}</bdi>
        </b>
        ". One more step."
    }
    .into_any()
}

/// For whoever took the wrong account.
pub(super) fn again() -> Option<AnyView> {
    let again = view! {
        "Not you? "
        <a href="/sign-in">"Start again"</a>
    };
    Some(again.into_any())
}

//! The account at a glance, and how pages look.

use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::account::account;
use leptos::prelude::*;

/// `/account`
#[component]
pub fn Overview() -> impl IntoView {
    page(async {
        let account = account(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let themes = vec![
            Choice::new("system", "As my system"),
            Choice::new("light", "Light"),
            Choice::new("dark", "Dark"),
        ];
        let user = account.user;
        let factor = match account.factor {
            Some(factor) => {
                view! { "Authenticator app, since " <When at=factor.since clock form=Form::Day /> }.into_any()
            }
            None => "None".into_any(),
        };
        let password = account.password_set_at.map(|at| view! { "Set on " <When at clock form=Form::Day /> });
        let sessions =
            counted(i64::try_from(account.sessions.len()).unwrap_or(i64::MAX), "session", "sessions");
        Ok::<_, Failure>(view! {
            <Page frame title="Account" purpose="What is yours alone: how pages look, and how you sign in." flash=said() outcome="Nothing was saved.">
                <AccountTabs at=At::Overview />
                <div class="pair">
                    <section class="card pad stack" aria-labelledby="who">
                        <h2 id="who">"You"</h2>
                        <dl class="facts">
                            <dt>"Name"</dt>
                            <dd><bdi>{user.display_name}</bdi></dd>
                            <dt>"User name"</dt>
                            <dd><bdi>{user.user_name}</bdi></dd>
                            <dt>"E-mail"</dt>
                            <dd><bdi>{user.mail.unwrap_or_else(|| "None".to_owned())}</bdi></dd>
                            <dt>"Password"</dt>
                            <dd>{password}</dd>
                            <dt>"Second factor"</dt>
                            <dd>{factor}</dd>
                            <dt>"Recovery codes"</dt>
                            <dd>{format!("{} left", account.codes.left)}</dd>
                            <dt>"Signed in"</dt>
                            <dd>{sessions}</dd>
                        </dl>
                    </section>
                    <section class="card pad stack" aria-labelledby="look">
                        <h2 id="look">"How pages look"</h2>
                        <Post class="stack">
                            <SelectField
                                name="time_zone"
                                label="Zone of all times"
                                choices=zones()
                                value=user.time_zone
                            />
                            <RadioField name="theme" legend="Colours" choices=themes value=user.theme in_a_row=true />
                            <Actions>
                                <Submit text="Save" />
                            </Actions>
                        </Post>
                    </section>
                </div>
            </Page>
        })
    })
}

/// Zones that people live in: named after a place, and UTC.
fn zones() -> Vec<Choice> {
    let lived_in = |name: &&str| {
        let area = name.split_once('/').map(|(area, _)| area);
        *name == "UTC"
            || matches!(
                area,
                Some(
                    "Africa"
                        | "America"
                        | "Antarctica"
                        | "Asia"
                        | "Atlantic"
                        | "Australia"
                        | "Europe"
                        | "Indian"
                        | "Pacific"
                )
            )
    };
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .filter(lived_in)
        .map(|name| Choice::new(name, name.replace('_', " ")))
        .collect()
}

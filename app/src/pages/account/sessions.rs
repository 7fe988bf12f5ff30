//! Where one is signed in.

use super::{AccountTabs, At};
use crate::api::account::end_session::OTHERS;
use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use engine::ask::account::{Session, account};
use leptos::prelude::*;

/// `/account/sessions`
#[component]
pub fn Sessions() -> impl IntoView {
    page(async {
        let account = account(&ctx::engine()?, &ctx::caller()?).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let others = account.sessions.iter().filter(|session| !session.current).count();
        let cols = vec![
            Col::new("Device"),
            Col::new("Address"),
            Col::new("Signed in"),
            Col::new("Last seen"),
            Col::new("Ends"),
            Col::actions(),
        ];
        let rows: Vec<_> =
            account.sessions.into_iter().map(|session| view! { <Row session clock /> }).collect();
        Ok::<_, Failure>(view! {
            <Page frame title="Sessions" purpose="Where you are signed in. At most ten; the oldest ends when an eleventh begins." flash=said() outcome="No session was ended.">
                <AccountTabs at=At::Sessions />
                <section class="card" aria-labelledby="sessions">
                    <h2 class="vh" id="sessions">"Sessions"</h2>
                    <Table cols>{rows}</Table>
                </section>
                {(others > 0)
                    .then(|| {
                        view! {
                            <Post>
                                <HiddenField name="session" value=OTHERS />
                                <Submit text="End all other sessions" look=Look::Danger />
                            </Post>
                        }
                    })}
            </Page>
        })
    })
}

#[component]
fn Row(session: Session, clock: Clock) -> impl IntoView {
    let row = session.row;
    let name: String = row.id_hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let device = if row.user_agent.is_empty() { "Not known".to_owned() } else { row.user_agent };
    let method = match row.mfa_method.as_deref() {
        Some("totp") => "with the app",
        Some("recovery-code") => "with a recovery code",
        _ => "",
    };
    let action = if session.current {
        view! { <span class="badge ok">"This one"</span> }.into_any()
    } else {
        view! {
            <Post>
                <HiddenField name="session" value=name />
                <Submit text="End" look=Look::Danger small=true />
            </Post>
        }
        .into_any()
    };
    view! {
        <tr>
            <RowHead>
                <bdi>{device}</bdi>
            </RowHead>
            <Cell label="Address">
                <bdi>{row.ip}</bdi>
            </Cell>
            <Cell label="Signed in">
                {row.auth_at.map(|at| view! { <When at clock /> })} " " <span class="sm muted">{method}</span>
            </Cell>
            <Cell label="Last seen">
                <When at=row.last_seen_at clock />
            </Cell>
            <Cell label="Ends">
                <When at=row.expires_at clock />
            </Cell>
            <ActionCell>{action}</ActionCell>
        </tr>
    }
}

//! One delivery: what is sent, and what came back.

use super::one::{answer, delivery_state, what};
use super::{crumbs, id};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::authz::{Action, allows};
use engine::ask::hooks::{self, Row};
use leptos::prelude::*;

/// `/admin/webhooks/{id}/deliveries/{delivery}`
#[component]
pub fn Delivery() -> impl IntoView {
    page(async {
        let one = ctx::named("delivery")?;
        let caller = caller()?;
        let shown = hooks::delivery(&engine()?, &caller, id()?, one).await?;
        let settled = shown.row.state != "waiting" && shown.hook.off_at.is_none();
        let again = settled && allows(&caller.actor, &Action::ManageHooks);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let (crumbs, heading) = (crumbs(&shown.hook, "Delivery"), what(&shown.row));
        let said_back = shown.row.answer.clone();
        Ok::<_, Failure>(view! {
            <Page frame title="Delivery" heading current=Some(Entry::Hooks) crumbs flash=said() outcome="Nothing was sent.">
                <div class="stack">
                    {facts(&shown.row, clock)}
                    {again.then(|| view! { <Post><Submit text="Send it again" /></Post> })}
                    <section class="card pad stack" aria-labelledby="back">
                        <h2 id="back">"What came back"</h2>
                        {if said_back.is_empty() {
                            view! { <p class="soft">"Nothing, or an empty answer."</p> }.into_any()
                        } else {
                            view! { <Said text=said_back /> }.into_any()
                        }}
                    </section>
                    <section class="card pad stack" aria-labelledby="sent">
                        <h2 id="sent">"What is sent"</h2>
                        <p class="soft">"As it would be written now: names may have changed since."</p>
                        <Said text=shown.body whole=true />
                    </section>
                </div>
            </Page>
        })
    })
}

fn facts(row: &Row, clock: Clock) -> impl IntoView + use<> {
    let mut facts = vec![
        ("State", delivery_state(row)),
        ("Id", view! { <span class="key">{row.name()}</span> }.into_any()),
        ("Tries", number(i64::from(row.attempts)).into_any()),
    ];
    let last = answer(row);
    if !last.is_empty() {
        facts.push(("Last answer", view! { <bdi>{last}</bdi> }.into_any()));
    }
    if let Some(ms) = row.took_ms {
        facts.push(("It took", format!("{} ms", number(i64::from(ms))).into_any()));
    }
    if let Some(at) = row.tried_at {
        facts.push(("Last try", view! { <When at clock form=Form::Second /> }.into_any()));
    }
    if row.state == "waiting" {
        let at = row.due_at;
        facts.push(("Next try", view! { <When at clock form=Form::Second /> }.into_any()));
    }
    let at = row.made_at;
    facts.push(("Made", view! { <When at clock form=Form::Second /> }.into_any()));
    view! { <section class="card pad" aria-label="How it went"><Facts facts /></section> }
}

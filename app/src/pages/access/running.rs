//! What is on now: time left, exact end, and the way to more or less of it.

use super::ThingTitle;
use super::eligible::Through;
use crate::parts::prelude::*;
use engine::ask::my_access::On;
use leptos::prelude::*;

/// Everything that is on.
#[component]
pub fn Running(
    /// Soonest end first.
    on: Vec<On>,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    let count = i64::try_from(on.len()).unwrap_or(i64::MAX);
    let rows: Vec<_> = on.into_iter().map(|on| view! { <Row on clock /> }).collect();
    view! {
        <section aria-labelledby="h-on">
            <SectionHead id="h-on" heading="On now" count />
            <div class="card">
                <ul class="live">{rows}</ul>
            </div>
        </section>
    }
}

#[component]
fn Row(on: On, clock: Clock) -> impl IntoView {
    let ends = on.span.end.unwrap_or(clock.now);
    let soon = ends_soon(ends, clock.now);
    let form = |verb: &str| format!("/access/{}/{verb}", on.assignment);
    let name = on.thing.name.clone();
    view! {
        <li>
            <div class="grid">
                <div class="what">
                    <ThingTitle thing=on.thing.clone()>{soon.then(|| view! { <Badge state=State::EndsSoon /> })}</ThingTitle>
                    <p class="sm soft">
                        <bdi>{on.thing.description.clone()}</bdi>
                    </p>
                    <Through path=on.through.into_iter().collect() />
                </div>
                <div class="where sm soft">
                    <p>"On since " <When at=on.span.start clock /></p>
                    {(!on.reason.is_empty()).then(|| view! { <p class="mt2"><Quote text=on.reason.clone() /></p> })}
                </div>
                <div class="time">
                    <LeftTime what=name.clone() began=on.span.start ends clock />
                </div>
                <div class="acts">
                    <a class="btn small" href=form("extend")>
                        "Extend" <Of name=name.clone() />
                    </a>
                    <a class="btn small" href=form("deactivate")>
                        "Deactivate" <Of name />
                    </a>
                </div>
            </div>
        </li>
    }
}

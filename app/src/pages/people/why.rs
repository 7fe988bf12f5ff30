//! `/people/{user}/why`: whether a person has something now, by which way; what stands against switching it on; who
//! could approve.

use super::address;
use super::reach::{HowBadge, Way};
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::{ThingTitle, who_decides};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::refusal::Refusal;
use domain::target::TargetKind;
use engine::ask::person::{self, Reach};
use engine::ask::thing::Pick;
use engine::ask::why::{self, Why};
use leptos::prelude::*;

/// The page.
#[component]
pub fn WhyPage() -> impl IntoView {
    page(async {
        let user = ctx::param("user").ok_or(Failure::NotFound)?;
        let who: Who = person::known(&engine()?, &caller()?, &user).await?.into();
        let asked = Asked::here();
        let found = match asked.pick() {
            None => None,
            Some(pick) => match why::why(&engine()?, &caller()?, &user, &pick).await {
                Ok(found) => Some(found),
                Err(error) => match Failure::from(error) {
                    Failure::NotFound => None,
                    other => return Err(other),
                },
            },
        };
        let frame = frame::here().await?;
        let list = frame.may.people.then(|| Crumb::to("People", "/people"));
        let person = Crumb::to(who.name.clone(), address(&who.user_name));
        let crumbs = list.into_iter().chain([person, Crumb::here("Why?")]).collect();
        let (clock, own) = (frame.clock, frame.who.user_name == who.user_name);
        let heading = format!("Why can {} do something, or not?", who.name);
        let missing = asked.pick().is_some() && found.is_none();
        Ok(view! {
            <Page frame title="Why?" heading current=Some(Entry::People) crumbs>
                <Question asked />
                {missing.then(|| view! {
                    <Notice tone=Tone::Wait><p>"There is no group or role with this key whose access you may see."</p></Notice>
                })}
                {found.map(|found| answer(found, own, clock))}
            </Page>
        })
    })
}

/// What the address asks about: a pick, or a key and what would be held of it.
#[derive(Clone, Default)]
struct Asked {
    of: String,
    what: String,
}

impl Asked {
    fn here() -> Self {
        let pick = ctx::query("pick").and_then(|pick| pick.parse::<Pick>().ok());
        match pick {
            Some(pick) => Self { of: pick.key, what: pick.kind.wire().to_owned() },
            None => Self {
                of: ctx::query("of").unwrap_or_default().trim().to_lowercase(),
                what: ctx::query("as").unwrap_or_default(),
            },
        }
    }

    fn pick(&self) -> Option<Pick> {
        let kind = TargetKind::parse(&self.what)?;
        (!self.of.is_empty()).then(|| Pick { key: self.of.clone(), kind })
    }
}

#[component]
fn Question(asked: Asked) -> impl IntoView {
    let kinds = TargetKind::ALL.map(|kind| Choice::new(kind.wire(), access_word(kind))).to_vec();
    view! {
        <form method="get" class="filters" aria-label="Ask about something else">
            <TextField name="of" label="Group or role" hint="Its key, for example prod-db-admins." value=asked.of max=128 />
            <SelectField name="as" label="As" choices=kinds value=asked.what />
            <button class="btn">"Why?"</button>
        </form>
    }
}

fn answer(found: Why, own: bool, clock: Clock) -> impl IntoView {
    let clock = Clock { now: found.now, ..clock };
    let effective = found.effective();
    let answer = match (effective, found.ways.is_empty()) {
        (true, _) => "By the ways below. It ends when the last of them has ended.",
        (false, false) => "It could, by the ways below.",
        (false, true) => "No way leads there: no assignment, and no group on the way.",
    };
    let mark = if effective { State::Active } else { State::Expired };
    let word = if effective { "Works now" } else { "Does not work now" };
    view! {
        <div class="card pad stack mt4">
            <ThingTitle thing=found.thing.clone() />
            <p class="row"><Badge state=mark text=word /> <span class="soft">{answer}</span></p>
        </div>
        {(!found.ways.is_empty()).then(|| view! { <Ways ways=found.ways.clone() clock /> })}
        <SwitchOn found own />
    }
}

#[component]
fn Ways(ways: Vec<Reach>, clock: Clock) -> impl IntoView {
    let count = i64::try_from(ways.len()).unwrap_or(i64::MAX);
    let rows: Vec<_> = ways
        .into_iter()
        .map(|way| {
            view! {
                <tr>
                    <RowHead><Way path=way.path /></RowHead>
                    <Cell label="State"><HowBadge how=way.how clock /></Cell>
                    <Cell label="Until" class="nowrap"><Until end=way.until clock /></Cell>
                </tr>
            }
        })
        .collect();
    let cols = ["Way", "State", "Until"].map(Col::new).into();
    view! {
        <section class="section" aria-labelledby="ways">
            <SectionHead id="ways" heading="By which way" count says="what works now first" />
            <div class="card"><Table cols>{rows}</Table></div>
        </section>
    }
}

/// What stands against it, what would be asked and who could say yes.
#[component]
fn SwitchOn(found: Why, own: bool) -> impl IntoView {
    let approval = (found.prompts.approvals > 0).then(|| {
        view! { <p><Sentence text=who_decides(&found.deciders, usize::from(found.prompts.approvals)) /></p> }
    });
    let nobody = (found.prompts.approvals == 0).then(|| view! { <p>"Nobody has to approve it."</p> });
    let obstacles = if found.obstacles.is_empty() {
        view! { <p>"Nothing stands against switching it on now."</p> }.into_any()
    } else {
        let lead = if own {
            "This stands against switching it on now:".to_owned()
        } else {
            format!("This is what {} reads who wants to switch it on now:", found.who.name)
        };
        view! { <p><bdi>{lead}</bdi></p> <ul class="stack tight">{lines(found.obstacles)}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="switch">
            <SectionHead id="switch" heading="Switching it on" />
            <div class="card pad stack">
                {obstacles}
                {approval}
                {nobody}
                <p class="soft">{format!("At most {} at a time.", found.prompts.max.words())}</p>
            </div>
        </section>
    }
}

fn lines(refusals: Vec<Refusal>) -> Vec<AnyView> {
    let line = |refusal: Refusal| view! { <li><Sentence text=refusal.text /></li> }.into_any();
    refusals.into_iter().map(line).collect()
}

//! Being away, and who decides meanwhile.

use super::{AccountTabs, At};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::absence::{Absence, absences};
use leptos::prelude::*;

/// `/account/absence`
#[component]
pub fn Absences() -> impl IntoView {
    page(async {
        let found = absences(&ctx::engine()?, &ctx::caller()?).await?;
        let (own, others) = (found.own, found.others);
        let frame = frame::here().await?;
        let clock = frame.clock;
        let others = (!others.is_empty()).then(|| view! { <Others others clock /> });
        let back = own.clone().map(|own| view! { <Back own clock /> });
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Absence"
                purpose="For approvers: while you are away, mails that ask for a decision go to who stands in for you, and where too few are here, others are asked earlier."
                flash=said()
                outcome="Nothing was saved."
            >
                <AccountTabs at=At::Absence />
                <div class="stack">
                    {others}
                    {back}
                    <Say own clock />
                </div>
            </Page>
        })
    })
}

/// For whom the reader decides now.
#[component]
fn Others(others: Vec<Absence>, clock: Clock) -> impl IntoView {
    let rows: Vec<_> = others
        .into_iter()
        .filter_map(|absence| {
            let who = absence.other?;
            Some(view! {
                <li class="row">
                    <Person who=who.into() small=true />
                    <span class="sm muted">"until " <When at=absence.until clock /></span>
                </li>
            })
        })
        .collect();
    view! {
        <section class="card pad stack" aria-labelledby="others">
            <h2 id="others">"You stand in for"</h2>
            <ul class="stack tight">{rows}</ul>
            <p class="sm soft">
                "What waits for them is under " <a href="/approvals">"Approvals"</a>
                ". What they ask for themselves you can't approve."
            </p>
        </section>
    }
}

/// What holds now, and the way back.
#[component]
fn Back(own: Absence, clock: Clock) -> impl IntoView {
    let stands_in = match own.other {
        Some(who) => {
            Text::default().name(who.name).then(" (").name(who.user_name).then(") decides in your place. ")
        }
        None => Text::say("Nobody stands in for you. "),
    };
    view! {
        <section class="card pad stack" aria-labelledby="away">
            <h2 id="away">"You are away until " <When at=own.until clock /></h2>
            <p>
                <Sentence text=stands_in /> "What you can decide, you still can; one decision counts for you both."
            </p>
            <Post>
                <HiddenField name="what" value="back" />
                <Actions>
                    <Submit text="I am back" />
                </Actions>
            </Post>
        </section>
    }
}

#[component]
fn Say(own: Option<Absence>, clock: Clock) -> impl IntoView {
    let heading = if own.is_some() { "Say it anew" } else { "Say that you are away" };
    let until = own.as_ref().map(|own| own.until);
    let delegate = own.and_then(|own| own.other).map(|who| who.user_name).unwrap_or_default();
    view! {
        <Post class="card pad stack">
            <h2>{heading}</h2>
            <MomentField name="until" label="Back on" hint="At most 180 days from now." clock value=until />
            <TextField
                name="delegate"
                label="Who decides meanwhile"
                hint="A user name. Empty: nobody. It is written down who decided for whom."
                class="w-md"
                value=delegate
                optional=true
            />
            <CodeField required=true />
            <Actions>
                <Submit text="Save" />
            </Actions>
        </Post>
    }
}

//! A request with everything that a right decision needs, and the decision.

use super::words;
use crate::parts::prelude::*;
use domain::risk::Level;
use domain::text::Text;
use engine::ask::approvals::{Card, Standing};
use engine::db::requests;
use leptos::prelude::*;

/// A request. The choices are there only for who can decide.
#[component]
pub fn RequestCard(card: Card) -> impl IntoView {
    let clock = Clock::here();
    let name = requests::name(card.number);
    let heading = format!("h-{name}");
    let risky = card.cues.iter().any(|cue| cue.level == Level::Alarm);
    let cues: Vec<Hint> = card.cues.iter().cloned().map(Hint::from).collect();
    let lapses = card.lapses.filter(|_| card.standing == Standing::Decide || card.standing == Standing::Own);
    let decides = (card.standing == Standing::Decide).then(|| verdict(&name, &card.seen));
    let instead_of = card.instead_of.clone().map(|who| {
        let text = Text::say("You decide in place of ")
            .name(who.name)
            .then(" (")
            .name(who.user_name)
            .then("), who is away.");
        view! { <p class="verdict soft"><Sentence text /></p> }
    });
    let own = (card.standing == Standing::Own).then(|| {
        let text = match card.asked_by {
            None => "You cannot decide on your own request.",
            Some(_) => "Neither who asked nor who gets it decides on it.",
        };
        view! { <p class="verdict soft">{text}</p> }
    });
    view! {
        <article class=if risky { "card request risky" } else { "card request" } aria-labelledby=heading.clone()>
            <div class="body">
                <div class="main-col">
                    <div class="row">
                        <Person who=words::who(&card, clock) />
                        <span class="push sm muted end-text">
                            "asked " <When at=card.asked clock />
                            {lapses.map(|at| view! { <br /> "lapses " <When at clock /> })}
                        </span>
                    </div>
                    <h2 class="headline" id=heading.clone()>
                        {words::asks(&card)}
                    </h2>
                    {words::between(&card).map(|text| view! { <p>{text}</p> })}
                    <Cues cues />
                    <div>
                        <h3 class="mini-h">{words::whose_words(&card)}</h3>
                        {words::justification(&card.reason)}
                    </div>
                    {words::quorum(&card, clock)}
                </div>
                <Aside card />
            </div>
            {instead_of}
            {decides}
            {own}
        </article>
    }
}

/// What else is to be known.
#[component]
fn Aside(card: Card) -> impl IntoView {
    let clock = Clock::here();
    let ticket = match (card.ticket.is_empty(), card.ticket_asked) {
        (false, _) => view! { <bdi>{card.ticket.clone()}</bdi> }.into_any(),
        (true, true) => "None.".into_any(),
        (true, false) => "None. This policy does not ask for one.".into_any(),
    };
    view! {
        <div class="side-col">
            <div>
                <h3>"What this gives"</h3>
                <p>{words::gives(&card)}</p>
            </div>
            <div>
                <h3>"Window"</h3>
                <p>{words::window(&card, clock)}</p>
            </div>
            <div>
                <h3>"Ticket"</h3>
                <p>{ticket}</p>
            </div>
            <div>
                <h3>"Before"</h3>
                <p>{words::before(&card, clock)}</p>
            </div>
            {words::deciders(&card)}
        </div>
    }
}

fn verdict(name: &str, seen: &str) -> AnyView {
    view! {
        <div class="verdict">
            <HiddenField name=format!("seen-{name}") value=seen />
            <Decision name legend=format!("Your decision on {name}") />
            <TextField
                name=format!("comment-{name}")
                label=format!("Comment on {name}, needed to deny")
                hide_label=true
                placeholder="Comment (the person reads this)"
                max=2000
            />
        </div>
    }
    .into_any()
}

//! `/reviews/{number}`: everybody whom this reviewer is asked about, with what is known and what she says.

use super::evidence;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::said::said;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::access_review::{Decision, Fate, MAX_REASON};
use domain::refusal::Code;
use engine::act::decide_access_review::field;
use engine::ask::access_review_lines::Line;
use engine::ask::access_review_sheet::{Sheet, access_review_sheet};
use leptos::prelude::*;

/// The page.
#[component]
pub fn OneSheet() -> impl IntoView {
    page(async {
        let number = super::number_here()?;
        let after = ctx::query("after").unwrap_or_default();
        let sheet = access_review_sheet(&engine()?, &caller()?, number, &after).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let crumbs = vec![Crumb::to("Reviews", "/reviews"), Crumb::here(sheet.group.clone())];
        let heading = sheet.round.name.clone();
        let (facts, note) = (facts(&sheet, clock), sheet.round.plan.note.clone());
        let all = (sheet.open && sheet.recommended > 0).then(|| {
            let text = format!("Approve all {} recommended", sheet.recommended);
            view! { <Go href=format!("/reviews/{number}/recommended") text glyph=Glyph::Check /> }.into_any()
        });
        let actions = all.unwrap_or_else(|| ().into_any());
        let opened = super::opened(&sheet)?;
        let form = form(sheet, opened, after, clock);
        Ok::<_, Failure>(view! {
            <Page frame title="Access review" current=Some(Entry::Reviews) crumbs heading facts actions flash=said() outcome="Nothing was saved.">
                <Said text=&note />
                {form}
            </Page>
        })
    })
}

fn facts(sheet: &Sheet, clock: Clock) -> AnyView {
    let (group, at) = (sheet.group.clone(), sheet.round.ends_at);
    let state = if sheet.open { "until " } else { "over since " };
    let left = format!(" · {} of {} left for you", sheet.left, sheet.all);
    view! { <p><bdi>{group}</bdi> " · " {state} <When at clock /> {left}</p> }.into_any()
}

fn form(sheet: Sheet, opened: String, after: String, clock: Clock) -> impl IntoView {
    let (open, start) = (sheet.open, sheet.round.starts_at);
    let next = sheet.next.map(|after| format!("/reviews/{}?after={after}", sheet.round.number));
    let back = (!after.is_empty()).then(|| format!("/reviews/{}", sheet.round.number));
    let shown = format!("{} shown", sheet.lines.len());
    let rows: Vec<_> =
        sheet.lines.into_iter().enumerate().map(|(at, line)| row(at, line, open, clock)).collect();
    let cols = ["Who", "What", "Use", "Recommended", "Your decision"].map(Col::new).into();
    let save = open.then(|| view! { <div class="bulk float"><span class="sm soft">"What you choose is written to the audit with your name. You can change it until the end."</span><span class="push"><Submit text="Save decisions" /></span></div> });
    view! {
        <Post class="card">
            <HiddenField name="opened" value=opened />
            <HiddenField name="after" value=after />
            <Table cols class="cards align-top">{rows}</Table>
            {save}
        </Post>
        <Pager says=shown newer=back older=next newer_word="First page" older_word="Next page" />
        <p class="sm muted mt4">
            "Who was there and what is known of their use is as of " <When at=start clock form=Form::Full />
            ". Whoever came later is not part of this review. Save a page before you open the next."
        </p>
    }
}

fn row(at: usize, line: Line, open: bool, clock: Clock) -> impl IntoView {
    let line = if open { line.as_it_is() } else { line };
    let recommended = Fate::parse(&line.recommended).unwrap_or(Fate::Keep);
    let (who, what, usage) =
        (evidence::who(&line), evidence::what(&line, clock), evidence::usage(&line, clock));
    let because = line.because.clone();
    let verdict = match open {
        true if line.over => ended(&line),
        true => choose(at, &line).into_any(),
        false => decided(&line),
    };
    view! {
        <tr>
            <RowHead>{who}</RowHead>
            <Cell label="What">{what}</Cell>
            <Cell label="Use">{usage}</Cell>
            <Cell label="Recommended">
                <b>{recommended.words()}</b>
                <p class="sm soft">{because}</p>
            </Cell>
            <Cell label="Your decision">{verdict}</Cell>
        </tr>
    }
}

fn decided(line: &Line) -> AnyView {
    let word = line.decision.as_deref().and_then(Decision::parse).map_or("Undecided", Decision::words);
    view! { <b>{word}</b> <p class="sm"><bdi>{line.reason.clone()}</bdi></p> }.into_any()
}

fn ended(line: &Line) -> AnyView {
    let said = line.decision.is_some().then(|| decided(line));
    let name = field(line.id);
    view! {
        <p id=field_id(&name) class="sm soft">"It has ended, so there is nothing to decide."</p>
        <FieldError name />
        {said}
    }
    .into_any()
}

/// Three buttons and a reason. What was chosen before a refusal stands there again, about what was seen
/// then; where somebody else was faster, what she said stands there instead.
fn choose(at: usize, line: &Line) -> impl IntoView + use<> {
    let answers = Answers::here();
    let (id, name) = (line.id.to_string(), line.name.clone());
    let key = field(line.id);
    let refused = answers.refusal(&key).map(|refusal| refusal.code);
    let sent = answers.values("item").position(|item| item.starts_with(&id));
    let sent = sent.filter(|_| refused != Some(Code::ChangedMeanwhile));
    let again = |name: &str| sent.and_then(|row| answers.values(name).nth(row).map(str::to_owned));
    let (seen, typed) = (again("item"), again("reason"));
    let chosen = |decision: Decision| match sent {
        Some(_) => answers.chose("choice", &format!("{id} {}", decision.wire())),
        None => line.decision.as_deref() == Some(decision.wire()),
    };
    let radio = |decision: Decision| {
        view! {
            <label class="tick">
                <input type="radio" name=format!("choice[{at}]") value=format!("{id} {}", decision.wire()) checked=chosen(decision) />
                <span>{decision.words()}</span>
            </label>
        }
    };
    let radios: Vec<_> = Decision::ALL.into_iter().map(radio).collect();
    let bad = refused.is_some();
    let by = line.decided_by.clone().map(|by| view! { <p class="sm soft">"Decided by " <bdi>{by}</bdi></p> });
    view! {
        <input type="hidden" name="item[]" value=seen.unwrap_or_else(|| line.seen().to_string()) />
        <fieldset class="stack tight">
            <legend class="vh">"Decision about " <bdi>{name.clone()}</bdi></legend>
            <div class="row">{radios}</div>
            <FieldError name=key.clone() />
            <input
                class="input"
                type="text"
                id=field_id(&key)
                name="reason[]"
                value=typed.unwrap_or_else(|| line.reason.clone())
                maxlength=MAX_REASON.to_string()
                placeholder="Reason"
                autocomplete="off"
                aria-label=format!("Reason about {name}")
                aria-invalid=bad.then_some("true")
                aria-describedby=bad.then(|| format!("{}-error", field_id(&key)))
                autofocus=answers.is_first_faulty(&key)
            />
            {by}
        </fieldset>
    }
}

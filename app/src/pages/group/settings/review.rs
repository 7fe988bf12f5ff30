//! What stands beside the policy form: what changes, whom it hits, what stands against it, and the two buttons.

use super::diff;
use crate::api::policies::preview::{AFFECTED, Consequences, PAST, REFUSED};
use crate::islands::policy_review::{PolicyReview, SAID};
use crate::parts::prelude::*;
use domain::refusal::Refusal;
use engine::ask::policy_form::{Preview, Three};
use leptos::prelude::*;

/// The panel.
#[component]
pub fn BeforeYouSave(
    /// What saving would do; none before the first review.
    preview: Option<Preview>,
    /// What could not be read.
    unread: Vec<Refusal>,
    /// The version that would be saved.
    next: i32,
    /// The query that names the policy.
    which: String,
    /// What the policy in force leaves open.
    warnings: Vec<&'static str>,
) -> impl IntoView {
    let reviewed = preview.is_some();
    let (meanwhile, content) = match preview {
        Some(preview) => (preview.meanwhile.clone(), effect(preview).into_any()),
        None => (
            Vec::new(),
            view! {
                <Refusals refusals=unread />
                <Warnings warnings />
                <p class="sm muted">"Change something, then review what it changes and whom it hits."</p>
            }
            .into_any(),
        ),
    };
    view! {
        <div class="card pad stack">
            <h2>"Before you save"</h2>
            <Meanwhile rows=meanwhile />
            <div class="stack" id=SAID>
                {content}
            </div>
            <PolicyReview />
            <button class=if reviewed { "btn" } else { "btn primary" } name="find" value="review">"Review changes"</button>
            {reviewed.then(|| view! {
                <hr />
                <TextArea name="reason" label="Reason for the change" hint="Kept with the version." max=2000 optional=true />
                <CodeField hint="Each code works once." />
                <Submit text=format!("Save as version {next}") />
                <a class="btn quiet" href=which>"Discard changes"</a>
            })}
        </div>
    }
}

fn effect(preview: Preview) -> impl IntoView {
    let Consequences { affected, past, .. } = Consequences::from(&preview);
    view! {
        {diff(preview.changes, "Nothing changes.")}
        <Refusals refusals=preview.refusals />
        <Warnings warnings=preview.warnings />
        <hr />
        <Lines heading=AFFECTED lines=affected />
        <Lines heading=PAST lines=past />
    }
}

#[component]
fn Lines(heading: &'static str, lines: Vec<String>) -> impl IntoView {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect();
    view! {
        <div class="stack tight sm">
            <h3>{heading}</h3>
            {lines}
        </div>
    }
}

#[component]
fn Refusals(refusals: Vec<Refusal>) -> impl IntoView {
    (!refusals.is_empty()).then(|| {
        let lines: Vec<_> =
            refusals.into_iter().map(|refusal| view! { <p><Sentence text=refusal.text /></p> }).collect();
        view! { <Notice tone=Tone::Bad><p><strong>{REFUSED}</strong></p> {lines}</Notice> }
    })
}

#[component]
fn Warnings(warnings: Vec<&'static str>) -> impl IntoView {
    warnings.into_iter().map(|text| view! { <Notice tone=Tone::Wait><p>{text}</p></Notice> }).collect_view()
}

/// Somebody saved meanwhile: before, theirs and yours side by side. The next save is based on theirs.
#[component]
fn Meanwhile(rows: Vec<Three>) -> impl IntoView {
    (!rows.is_empty()).then(|| {
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| {
                view! {
                    <tr>
                        <RowHead>{row.setting}</RowHead>
                        <Cell label="Before"><bdi>{row.before}</bdi></Cell>
                        <Cell label="Theirs"><bdi>{row.theirs}</bdi></Cell>
                        <Cell label="Yours"><bdi>{row.yours}</bdi></Cell>
                    </tr>
                }
            })
            .collect();
        view! {
            <Notice tone=Tone::Wait>
                <p>"Somebody saved meanwhile. Nothing you typed is lost; saving now builds on their version."</p>
            </Notice>
            <Table class="cards" cols=["Setting", "Before", "Theirs", "Yours"].map(Col::new).to_vec()>{rows}</Table>
        }
    })
}

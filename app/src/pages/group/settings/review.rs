//! What stands beside the policy form: what changes, whom it hits, what stands against it, and the two buttons.

use super::diff;
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
    /// Member or owner.
    role: &'static str,
    /// What the policy in force leaves open.
    warnings: Vec<&'static str>,
) -> impl IntoView {
    let reviewed = preview.is_some();
    let content = match preview {
        Some(preview) => effect(preview).into_any(),
        None => view! {
            <Refusals refusals=unread />
            <Warnings warnings />
            <p class="sm muted">"Change something, then review what it changes and whom it hits."</p>
        }
        .into_any(),
    };
    view! {
        <div class="card pad stack">
            <h2>"Before you save"</h2>
            {content}
            <button class=if reviewed { "btn" } else { "btn primary" } name="find" value="review">"Review changes"</button>
            {reviewed.then(|| view! {
                <hr />
                <TextArea name="reason" label="Reason for the change" hint="Kept with the version." max=2000 optional=true />
                <CodeField hint="Each code works once." />
                <Submit text=format!("Save as version {next}") />
                <a class="btn quiet" href=format!("?role={role}")>"Discard changes"</a>
            })}
        </div>
    }
}

fn effect(preview: Preview) -> impl IntoView {
    let (before, after) = preview.able;
    let rehearsal: Vec<_> =
        preview.rehearsal.sentences().into_iter().map(|said| view! { <p>{said}</p> }).collect();
    let approvers = (before != after || after > 0).then(|| {
        view! { <p><b>{number(signed(after))}</b> {format!(" people can approve (now {before}).")}</p> }
    });
    view! {
        <Meanwhile rows=preview.meanwhile />
        {diff(preview.changes, "Nothing changes.")}
        <Refusals refusals=preview.refusals />
        <Warnings warnings=preview.warnings />
        <hr />
        <div class="stack tight sm">
            <h3>"Who is affected"</h3>
            <p>{counted(preview.eligible, "eligible person or group", "eligible people and groups")} ", from the next activation on. " {counted(preview.running, "running activation keeps its end.", "running activations keep their end.")}</p>
            <p>{counted(preview.waiting, "request waits", "requests wait")} " now, to be decided by the stricter of both versions."</p>
            {approvers}
        </div>
        <div class="stack tight sm">
            <h3>"The last 90 days under this draft"</h3>
            {rehearsal}
        </div>
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[component]
fn Refusals(refusals: Vec<Refusal>) -> impl IntoView {
    (!refusals.is_empty()).then(|| {
        let lines: Vec<_> =
            refusals.into_iter().map(|refusal| view! { <p><Sentence text=refusal.text /></p> }).collect();
        view! { <Notice tone=Tone::Bad><p><strong>"Cannot be saved like this."</strong></p> {lines}</Notice> }
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

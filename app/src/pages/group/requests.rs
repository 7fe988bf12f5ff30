//! `/groups/{key}/requests`, `/roles/{role}/requests`: what people asked.

use super::head::{GroupPage, On};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::activation::Status;
use domain::duration::Minutes;
use domain::target::TargetKind;
use engine::ask::group_requests::{self, Row};
use engine::ask::thing::Place;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Requests() -> impl IntoView {
    page(async {
        let place = super::place()?;
        let open = ctx::query("show").as_deref() != Some("all");
        let after = ctx::query("after").unwrap_or_default();
        let shown =
            group_requests::group_requests(&ctx::engine()?, &ctx::caller()?, &place, open, &after).await?;
        let frame = frame::here().await?;
        let clock = frame.clock;
        let base = format!("{place}/requests");
        let tabs =
            vec![Tab::new("Open", base.clone(), open), Tab::new("All", format!("{base}?show=all"), !open)];
        let show = if open { "open" } else { "all" };
        let older = shown.next.map(|after| format!("{base}?show={show}&after={after}"));
        let rows: Vec<_> =
            shown.rows.into_iter().map(|row| view! { <Request row place=place.clone() clock /> }).collect();
        let content = if rows.is_empty() {
            let text = if open {
                "Requests that wait for approval or for their start appear here."
            } else {
                "Everything that was asked appears here."
            };
            view! { <Empty glyph=Glyph::Inbox heading="No requests" text /> }.into_any()
        } else {
            let says = format!(
                "{}, newest first",
                counted(i64::try_from(rows.len()).unwrap_or(i64::MAX), "request", "requests")
            );
            view! {
                <div class="card mt4">
                    <Table cols=columns()>{rows}</Table>
                    <Pager says newer=None older />
                </div>
            }
            .into_any()
        };
        Ok::<_, Failure>(view! {
            <GroupPage frame header=shown.header on=On::Requests live=true>
                <Segments label="Requests" tabs />
                {content}
            </GroupPage>
        })
    })
}

fn columns() -> Vec<Col> {
    let cols = ["Request", "For", "Role", "What", "Asked", "State"].map(Col::new);
    cols.into_iter().chain([Col::actions()]).collect()
}

#[component]
fn Request(row: Row, place: Place, clock: Clock) -> impl IntoView {
    let name = format!("R-{}", row.number);
    let href = format!("/requests/{name}");
    let kind = TargetKind::parse(&row.access).unwrap_or(TargetKind::Member);
    let (what, state) = (
        format!("{}{}", action_words(&row.action, row.kind.as_deref()), window(&row, clock)),
        state(&row, clock),
    );
    let answer = row.answer.then(|| {
        let href = format!("{place}/renewals/{name}");
        view! { <Go href text="Decide" small=true /> }
    });
    let filer = row.filer.clone().map(|filer| view! { <small>"asked by " <bdi>{filer}</bdi></small> });
    view! {
        <tr>
            <RowHead><a href=href>{name}</a></RowHead>
            <Cell label="For"><Person who=Who { name: row.name.clone(), user_name: row.handle.clone(), ..Who::default() } small=true /></Cell>
            <Cell label="Role"><RoleTag access=kind /></Cell>
            <Cell label="What">{what}</Cell>
            <Cell label="Asked" class="nowrap"><When at=row.created_at clock /> {filer}</Cell>
            <Cell label="State">{state}</Cell>
            <ActionCell>{answer}</ActionCell>
        </tr>
    }
}

/// What was asked, in words.
fn action_words(action: &str, kind: Option<&str>) -> &'static str {
    match action {
        "selfActivate" | "adminActivate" => "Activate",
        "selfExtend" if kind.is_some() => "Extend an assignment",
        "selfExtend" => "Extend",
        "selfRenew" => "Renew an assignment",
        "selfDeactivate" => "Deactivate",
        "adminAssign" => "Assign",
        "adminUpdate" => "Change an assignment",
        "adminRemove" => "Remove an assignment",
        _ => "Request",
    }
}

fn window(row: &Row, clock: Clock) -> String {
    let minutes = row.asked_minutes.and_then(|minutes| u32::try_from(minutes).ok());
    match (row.action.starts_with("self") || row.action == "adminActivate", minutes, row.asked_start) {
        (true, Some(minutes), Some(start)) => {
            format!(", {} from {}", Minutes(minutes).words(), clock.at(start))
        }
        (true, Some(minutes), None) => format!(", {}", Minutes(minutes).words()),
        _ => String::new(),
    }
}

fn state(row: &Row, clock: Clock) -> AnyView {
    let (state, text) = match Status::parse(&row.status) {
        Some(Status::PendingApproval | Status::PendingAdminDecision) => {
            let text = row.deadline_at.map(|at| format!("Waiting, lapses {}", clock.at(at)));
            (State::Waiting, text)
        }
        Some(Status::Granted) => (State::StartsLater, None),
        Some(Status::Provisioned) => (State::Approved, Some("Done".to_owned())),
        Some(Status::AdminApproved) => (State::Approved, None),
        Some(Status::Denied | Status::AdminDenied) => (State::Denied, None),
        Some(Status::Canceled) => (State::Cancelled, None),
        Some(Status::TimedOut) => (State::Lapsed, None),
        Some(Status::Revoked) | None => (State::Cancelled, Some("Closed by the system".to_owned())),
    };
    let text = text.unwrap_or_else(|| state.look().2.to_owned());
    view! { <Badge state text /> }.into_any()
}

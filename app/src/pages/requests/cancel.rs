//! Asks once before a request is taken back.

use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::access::ThingTitle;
use crate::pages::frame::around;
use crate::pages::page;
use crate::parts::prelude::*;
use domain::text::Text;
use engine::ask::request_page::{self, RequestPage};
use engine::db::requests::{name, parse_name};
use leptos::prelude::*;

/// `/requests/{number}/cancel`
#[component]
pub fn Cancel() -> impl IntoView {
    page(async {
        let number = ctx::param("number").and_then(|name| parse_name(&name)).ok_or(Failure::NotFound)?;
        Ok(show(request_page::load(&engine()?, &caller()?, number).await?))
    })
}

fn show(page: RequestPage) -> impl IntoView {
    let frame = around(page.frame);
    let number = name(page.line.number);
    let back = format!("/requests/{number}");
    let crumbs = vec![Crumb::to(number.clone(), back.clone()), Crumb::here("Cancel")];
    let whose = match (page.own, &page.asked_by) {
        (true, None) => Text::say("Your request"),
        (true, Some(filer)) => Text::say("What ").name(&filer.name).then(" asked for you"),
        (false, _) if page.filed => Text::say("Your request for ").name(&page.person.name),
        (false, _) => Text::say("The request of ").name(&page.person.name),
    };
    let what = whose.then(" is taken back. Nobody decides on it any more; it can be asked for again.");
    let content = if page.may_cancel {
        view! {
            <p>
                <Sentence text=what />
            </p>
            <Post class="stack">
                {(!page.own)
                    .then(|| view! { <TextArea name="reason" label="Why" hint="The person reads this." max=2_000 optional=true /> })}
                <Actions>
                    <Submit text="Cancel request" />
                    <Go href=back text="Keep it" look=Look::Quiet />
                </Actions>
            </Post>
        }
        .into_any()
    } else {
        view! {
            <p>"This request is no longer waiting, or is not yours to take back."</p>
            <Go href=back text="Back to the request" />
        }
        .into_any()
    };
    view! {
        <Page
            frame
            title="Cancel request"
            heading=format!("Cancel request {number}")
            current=(page.own || page.filed).then_some(Entry::Requests)
            crumbs
            outcome="Not cancelled."
        >
            <div class="card pad stack narrow">
                <ThingTitle thing=page.line.thing closed=!page.sees_group />
                {content}
            </div>
        </Page>
    }
}

//! `/assign`: everybody of one list to everything of another, all in the same way.

use super::report::Told;
use super::{Last, Ways, crumbs, enter};
use crate::ctx;
use crate::failure::Failure;
use crate::pages::group::assign::{Ends, kinds, roles};
use crate::pages::page;
use crate::parts::prelude::*;
use leptos::prelude::*;

/// The page; `?what=key` names groups beforehand.
#[component]
pub fn People() -> impl IntoView {
    page(async {
        let (frame, report) = enter().await?;
        let clock = frame.clock;
        let what = ctx::queries("what").join("\n");
        Ok::<_, Failure>(view! {
            <Page
                frame
                title="Assign many"
                current=Some(Entry::Groups)
                crumbs=crumbs()
                purpose="Everybody of one list to everything of another. Nothing is assigned before you agree to what would happen."
                outcome="Nothing was assigned."
            >
                <Ways sheet=false />
                <Post class="stack loose">
                    <div class="card pad stack">
                        <TextArea
                            name="who"
                            label="People or groups"
                            hint="Paste mail addresses, user names or keys of groups: one a line, or parted by commas or semicolons."
                            rows=5
                        />
                        <TextArea
                            name="what"
                            label="To these groups and roles"
                            hint="Keys as the addresses show them, one a line: prod-db-admins; a directory role as user-administrator.role."
                            value=what
                            rows=4
                        />
                        <RadioField name="role" legend="Role in the groups" choices=roles() value="member" />
                        <RadioField name="kind" legend="Eligible or active" choices=kinds() value="eligible" />
                    </div>
                    <div class="card pad stack">
                        <Ends
                            clock
                            never=true
                            start=None
                            end=None
                            permanent=false
                            hint="How long is possible, the policy of each group says; what is too long is refused."
                            later=true
                        />
                        <TextArea
                            name="reason"
                            label="Justification"
                            hint="Shown in the audit and to each person. Active assignments may need one."
                            max=2000
                            optional=true
                        />
                    </div>
                    {report.clone().map(|report| view! { <Told report clock done=false /> })}
                    <Last report />
                </Post>
            </Page>
        })
    })
}

//! Members and owners of a group that is not managed here.

use super::member_list::MemberTable;
use crate::api::people::suggest::picks;
use crate::ctx::{self, caller, engine};
use crate::failure::Failure;
use crate::pages::group::head::{GroupPage, On};
use crate::pages::{frame, page};
use crate::parts::prelude::*;
use domain::target::Access;
use engine::ask::by_name::Turn;
use engine::ask::membership::{self, Membership as Found, Wanted};
use leptos::prelude::*;

/// `/groups/{key}/membership?q=&after=&before=`
#[component]
pub fn Membership() -> impl IntoView {
    page(async {
        let key = ctx::param("key").ok_or(Failure::NotFound)?;
        let wanted = Wanted {
            text: ctx::query("q").unwrap_or_default(),
            turn: Turn::read(ctx::query("after").as_deref(), ctx::query("before").as_deref()),
        };
        let found = membership::membership(&engine()?, &caller()?, &key, &wanted).await?;
        let picks = if found.edits {
            picks("principal", Vec::new(), Some(key), found.takes_groups).await?
        } else {
            Picks::default()
        };
        Ok(show(frame::here().await?, found, wanted, picks))
    })
}

fn show(frame: Frame, found: Found, wanted: Wanted, picks: Picks) -> impl IntoView {
    let key = found.header.key.clone();
    let back = format!("/groups/{key}");
    let turn = |word: &str, place: Option<String>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        place.map(|place| {
            if !wanted.text.is_empty() {
                query.append_pair("q", &wanted.text);
            }
            query.append_pair(word, &place);
            format!("{back}/membership?{}", query.finish())
        })
    };
    let newer = turn("before", found.members.before.clone());
    let older = turn("after", found.members.after.clone());
    let shown = i64::try_from(found.members.rows.len()).unwrap_or(i64::MAX);
    let edits = found.edits;
    view! {
        <GroupPage frame header=found.header on=On::Members>
            <p class="sm soft">"As the directory has them. This group is not managed here, so nobody activates it."</p>
            <Fixed rule=found.rule on_premises=found.on_premises />
            {edits.then(|| view! { <Add picks key=key.clone() groups=found.takes_groups /> })}
            <section aria-labelledby="owners">
                <SectionHead id="owners" heading="Owners" />
                <div class="card">
                    <MemberTable key=key.clone() access=Access::Owner rows=found.owners edits />
                </div>
            </section>
            <section aria-labelledby="members">
                <SectionHead id="members" heading="Members" />
                <form method="get" class="filters" role="search" aria-label="Find members">
                    <TextField name="q" label="Name or user name" kind="search" value=wanted.text box_class="grow" />
                    <button class="btn">"Find"</button>
                </form>
                <div class="card">
                    <MemberTable key access=Access::Member rows=found.members.rows edits />
                    <Pager says=counted(shown, "member", "members") newer older newer_word="Previous" older_word="Next" />
                </div>
            </section>
        </GroupPage>
    }
}

/// Why it can't be changed by hand.
#[component]
fn Fixed(rule: Option<String>, on_premises: bool) -> impl IntoView {
    view! {
        {rule
            .map(|rule| {
                view! {
                    <Notice>
                        <p>"Its members are computed by a rule: " <code class="key"><bdi>{rule}</bdi></code></p>
                    </Notice>
                }
            })}
        {on_premises
            .then(|| {
                view! {
                    <Notice>
                        <p>"It comes from another directory. Change it there and import again."</p>
                    </Notice>
                }
            })}
    }
}

#[component]
fn Add(picks: Picks, key: String, groups: bool) -> impl IntoView {
    let accesses = vec![Choice::new("member", "Member"), Choice::new("owner", "Owner")];
    let hint = if groups { "A person, or a group whose members are members then." } else { "A person." };
    view! {
        <Post class="card pad stack narrow">
            <PeopleField name="principal" label="Add" hint picks single=true group=Some(key) groups />
            <RadioField name="access" legend="As" choices=accesses value="member" in_a_row=true />
            <Actions>
                <Submit text="Add to the group" />
            </Actions>
        </Post>
    }
}

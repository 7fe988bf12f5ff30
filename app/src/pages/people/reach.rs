//! What a person can reach, and how: one row for each thing, with the path to it.

use crate::parts::prelude::*;
use engine::ask::person::{How, Reach, What};
use engine::db::groups::Label;
use leptos::prelude::*;

/// The table.
#[component]
pub fn ReachTable(
    /// What she reaches, on first.
    reach: Vec<Reach>,
    /// The reader's clock.
    clock: Clock,
    /// Whose it is.
    name: String,
    /// The pages of directory roles are open to the reader.
    roles: bool,
) -> impl IntoView {
    let count = i64::try_from(reach.len()).unwrap_or(i64::MAX);
    let rows: Vec<_> = reach.into_iter().map(|reach| view! { <Row reach clock roles /> }).collect();
    let content = if rows.is_empty() {
        let text = "Groups, what may be switched on and directory roles stand here.";
        view! { <Empty glyph=Glyph::Lock heading="Nothing in reach" text /> }.into_any()
    } else {
        let cols = ["What", "Path", "State", "Until"].map(Col::new).into();
        view! { <Table cols>{rows}</Table> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="reach">
            <SectionHead id="reach" heading="What they can reach, and how" count says="on first" />
            <div class="card">{content}</div>
            <p class="sm muted mt4">
                "Computed for " <bdi>{name}</bdi> " at " <When at=clock.now clock />
                " from assignments, nested groups and directory roles."
            </p>
        </section>
    }
}

#[component]
fn Row(reach: Reach, clock: Clock, roles: bool) -> impl IntoView {
    let opens = reach.leads_to.join(", ");
    let (how, until) = (reach.how, reach.until);
    let head = match &reach.what {
        What::Member(group) => group_head(group, "member"),
        What::Owner(group) => group_head(group, "owner: can let others in"),
        What::Role(role) => view! {
            <GroupName name=role.name() href=roles.then(|| format!("/roles/{}", role.wire())) />
            <small>{format!("Directory role. {}", role.may())}</small>
        }
        .into_any(),
    };
    view! {
        <tr>
            <RowHead>
                {head}
                {(!opens.is_empty())
                    .then(|| {
                        view! {
                            <small>
                                "Opens " <bdi>{opens}</bdi>
                            </small>
                        }
                    })}
            </RowHead>
            <Cell label="Path">
                <Way path=reach.path />
            </Cell>
            <Cell label="State">
                <HowBadge how clock />
            </Cell>
            <Cell label="Until" class="nowrap">
                {match how {
                    How::Activated => until.map(|at| view! { <When at clock /> }.into_any()),
                    _ => Some(view! { <Until end=until clock /> }.into_any()),
                }}
            </Cell>
        </tr>
    }
}

fn group_head(group: &Label, word: &'static str) -> AnyView {
    let href = Some(format!("/groups/{}", group.key));
    view! {
        <GroupName name=group.name.clone() href />
        <small>
            <bdi>{group.key.clone()}</bdi>
            {format!(" · {word}")}
        </small>
    }
    .into_any()
}

/// "Directly", or the groups on the way, the first one she is in directly.
#[component]
pub fn Way(
    /// From the one she is in directly.
    path: Vec<Label>,
) -> impl IntoView {
    if path.is_empty() {
        return view! { <span class="soft">"Directly"</span> }.into_any();
    }
    let steps = steps(path);
    view! { <span class="path">"Member of " {steps}</span> }.into_any()
}

/// The groups of a path, each a link, with an arrow between two.
pub fn steps(path: impl IntoIterator<Item = Label>) -> Vec<AnyView> {
    path.into_iter()
        .enumerate()
        .map(|(step, group)| {
            view! {
                <span>
                    {(step > 0).then(|| view! { <Icon name=Glyph::Right /> })}
                    <a href=format!("/groups/{}", group.key)>
                        <bdi>{group.name}</bdi>
                    </a>
                </span>
            }
            .into_any()
        })
        .collect()
}

/// Whether something works now.
#[component]
pub fn HowBadge(
    /// Whether.
    how: How,
    /// The reader's clock.
    clock: Clock,
) -> impl IntoView {
    match how {
        How::Activated => view! { <Badge state=State::Active text="On" /> }.into_any(),
        How::Standing => view! { <Badge state=State::Standing /> }.into_any(),
        How::Eligible => view! { <Badge state=State::Eligible /> }.into_any(),
        How::Later(at) => {
            view! { <Badge state=State::StartsLater text=format!("Starts {}", clock.at(at)) /> }.into_any()
        }
    }
}

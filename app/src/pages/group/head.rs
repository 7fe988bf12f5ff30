//! What all pages of a group or directory role have in common: its name, its key, its tabs.

use crate::pages::said::said;
use crate::parts::prelude::*;
use engine::ask::group_header::Header;
use engine::ask::thing::Place;
use leptos::prelude::*;

/// Which tab a page is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    /// What it gives, who gets in.
    Overview,
    /// Everybody who effectively is in it, and how.
    People,
    /// Direct members, while it is not managed.
    Members,
    /// Eligible, active, expired.
    Assignments,
    /// The two policies.
    Settings,
    /// What people asked.
    Requests,
    /// What happened.
    Audit,
    /// Who looked at who is in it.
    Reviews,
    /// How it is used.
    Insights,
}

/// A page of a group or directory role.
#[component]
pub fn GroupPage(
    /// What surrounds it.
    frame: Frame,
    /// What stands above every tab.
    header: Header,
    /// Which tab it is on.
    on: On,
    /// A step below the tab: "Assign people".
    #[prop(optional)]
    step: Option<&'static str>,
    /// What did not happen, when a form comes back.
    #[prop(default = "Nothing was changed.")]
    outcome: &'static str,
    /// Buttons for the whole page.
    #[prop(optional_no_strip)]
    actions: Option<AnyView>,
    /// It keeps itself as it is on the server.
    #[prop(optional)]
    live: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let base = header.place.to_string();
    let (title, entry, list) = match &header.place {
        Place::Group(_) => ("Group", Entry::Groups, Some(Crumb::to("Groups", "/groups"))),
        Place::Role(_) => {
            let list = frame.may.roles.then(|| Crumb::to("Directory roles", "/roles"));
            ("Directory role", Entry::Roles, list)
        }
    };
    let mut crumbs: Vec<_> = list.into_iter().collect();
    match step {
        Some(step) => crumbs.extend([Crumb::to(header.name.clone(), base), Crumb::here(step)]),
        None => crumbs.push(Crumb::here(header.name.clone())),
    }
    let heading = step.map_or_else(|| header.name.clone(), str::to_owned);
    let facts = facts(&header, frame.clock);
    let tabs = tabs(&header, on);
    view! {
        <Page
            frame
            title
            current=Some(entry)
            crumbs
            heading
            facts
            actions=actions.unwrap_or_else(|| ().into_any())
            flash=said()
            outcome
            live
        >
            {(tabs.len() > 1).then(|| view! { <Tabs label=title tabs /> })}
            {children()}
        </Page>
    }
}

fn facts(header: &Header, clock: Clock) -> AnyView {
    if let Place::Role(role) = header.place {
        let what = format!("Directory role · {}", role.may());
        return view! {
            <p class="row">
                <Key key=header.key.clone() />
                <span class="sm">{what}</span>
            </p>
        }
        .into_any();
    }
    let mut words = vec![header.kind.to_owned()];
    if header.role_assignable {
        words.push("role-assignable".to_owned());
    }
    words.push(match header.managed_at {
        Some(at) => format!("in Pimento since {}", clock.day(at)),
        None => "not managed here".to_owned(),
    });
    let owners = match header.owners.as_slice() {
        [] => "no owner".to_owned(),
        owners => format!("owners: {}", short(owners)),
    };
    view! {
        <p class="row">
            <Key key=header.key.clone() />
            <span class="sm">{words.join(" · ")} " · " <bdi>{owners}</bdi></span>
        </p>
    }
    .into_any()
}

/// At most three names, then how many more.
fn short(names: &[String]) -> String {
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        names => names.join(", "),
    }
}

fn tabs(header: &Header, on: On) -> Vec<Tab> {
    let tab =
        |label: &str, path: &str, which: On| Tab::new(label, format!("{}{path}", header.place), which == on);
    let mut tabs = vec![tab("Overview", "", On::Overview)];
    if header.looks_inside && matches!(header.place, Place::Group(_)) {
        tabs.push(tab("Who is in", "/people", On::People));
    }
    if header.membership {
        tabs.push(tab("Members", "/membership", On::Members));
    }
    if header.inspects {
        tabs.push(tab("Assignments", "/assignments", On::Assignments));
        tabs.push(tab("Settings", "/settings", On::Settings));
        let requests = tab("Requests", "/requests", On::Requests);
        tabs.push(if header.waiting > 0 { requests.count(header.waiting) } else { requests });
    }
    if header.inspects && matches!(header.place, Place::Group(_)) {
        tabs.push(tab("Reviews", "/reviews", On::Reviews));
    }
    if header.audits {
        tabs.push(tab("Audit", "/audit", On::Audit));
    }
    if header.inspects {
        tabs.push(tab("Insights", "/insights", On::Insights));
    }
    tabs
}

//! One assignment in the list.

use crate::islands::words::counted;
use crate::pages::people::address;
use crate::parts::prelude::*;
use domain::target::TargetKind;
use engine::ask::group_assignments::{Row, Tab as List};
use engine::ask::thing::{Pick, Place};
use leptos::prelude::*;

/// The row, with what can be done about it.
#[component]
pub fn Assignment(
    /// Which.
    row: Row,
    /// Of which group or role.
    place: Place,
    /// In which list.
    list: List,
    /// The reader's clock.
    clock: Clock,
    /// The reader may look people up.
    people: bool,
    /// The reader may change it.
    manages: bool,
    /// User name of the reader: nobody answers a request of her own.
    reader: String,
) -> impl IntoView {
    let kind = TargetKind::parse(&row.access).unwrap_or(TargetKind::Member);
    let own = row.handle == reader && !row.is_group;
    let until = match (list, row.ends_at) {
        (List::Expired, Some(end)) => view! { <When at=end clock /> }.into_any(),
        (_, Some(end)) if (end - clock.now).num_hours() < 48 => {
            view! { <b><When at=end clock /></b> }.into_any()
        }
        (_, end) => view! { <Until end clock /> }.into_any(),
    };
    let used = match row.last_used {
        Some(at) => view! { <When at clock form=Form::Day /> }.into_any(),
        None => view! { <span class="soft">"Never"</span> }.into_any(),
    };
    let bulk = manages && list != List::Expired;
    let check = bulk.then(|| {
        view! { <CheckCell name="pick" value=row.id.to_string() label=format!("Select {}", row.name) form="bulk" barred=row.last_owner /> }
    });
    let (who, now) = (who(&row, people), now(&row, list, clock));
    let actions = manages.then(|| actions(&row, &place, list, own));
    view! {
        <tr>
            {check}
            <RowHead>{who}</RowHead>
            <Cell label="Role"><RoleTag access=kind /></Cell>
            <Cell label="Now">{now}</Cell>
            <Cell label="Until">{until}</Cell>
            <Cell label="Last used">{used}</Cell>
            {actions}
        </tr>
    }
}

fn who(row: &Row, people: bool) -> AnyView {
    if row.is_group {
        let people = match (row.kind.as_str(), counted(row.people, "person", "people")) {
            ("eligible", people) => format!("{people} may activate for themselves"),
            (_, people) => format!("{people} inside"),
        };
        let note = format!("{} · group · {people}", row.handle);
        return view! { <GroupAsPerson name=row.name.clone() note href=row.open.then(|| format!("/groups/{}", row.handle)) /> }.into_any();
    }
    let mut note = row.department.clone();
    if row.guest {
        note = if note.is_empty() { "guest".to_owned() } else { format!("{note} · guest") };
    }
    let who = Who {
        name: row.name.clone(),
        user_name: row.handle.clone(),
        note,
        href: people.then(|| format!("/people/{}", row.handle)),
    };
    view! { <Person who /> }.into_any()
}

fn now(row: &Row, list: List, clock: Clock) -> AnyView {
    let until = |end| format!("On until {}", clock.at(end));
    if list == List::Expired {
        let text = match row.end_reason.as_deref() {
            Some("removed") => "Removed",
            _ => "Expired",
        };
        return view! { <Badge state=State::Expired text /> }.into_any();
    }
    if row.unable {
        return view! { <Mark glyph=Glyph::Slash text="Account disabled" /> }.into_any();
    }
    if row.starts_at > clock.now {
        return view! { <Badge state=State::StartsLater text=format!("From {}", clock.at(row.starts_at)) /> }
            .into_any();
    }
    if let Some(end) = row.on_until {
        return view! { <Badge state=State::Active text=until(end) /> }.into_any();
    }
    if let Some(at) = row.waiting_since {
        return view! { <Badge state=State::Waiting text=format!("Waiting, asked {}", clock.at(at)) /> }
            .into_any();
    }
    match (row.kind.as_str(), row.origin.as_str(), row.ends_at) {
        ("active", "activated", Some(end)) => {
            view! { <Badge state=State::Active text=until(end) /> }.into_any()
        }
        ("active", _, _) => view! { <Badge state=State::Standing /> }.into_any(),
        _ => view! { <span class="muted">"Not active"</span> }.into_any(),
    }
}

fn actions(row: &Row, place: &Place, list: List, own: bool) -> AnyView {
    let decide = row
        .renewal
        .filter(|_| !own)
        .map(|number| view! { <Go href=format!("{place}/renewals/R-{number}") text="Decide" look=Look::Primary small=true /> });
    if list == List::Expired {
        let renew =
            format!("{place}/assign?people={}&role={}&kind={}", row.principal_id, row.access, row.kind);
        let renew = (!row.unable).then(|| view! { <Go href=renew text="Renew" small=true /> });
        return view! { <ActionCell>{decide} {renew}</ActionCell> }.into_any();
    }
    let change = (row.origin != "activated").then(|| format!("{place}/assignments/{}/change", row.id));
    let active = (list == List::Eligible && !row.is_group)
        .then(|| format!("{place}/assign?people={}&role={}&kind=active", row.principal_id, row.access));
    // of a group whose page is not open to the reader, the people are not hers to know
    let asks = list == List::Eligible && !row.unable && !own && (row.open || !row.is_group);
    let whom = if row.is_group { "within" } else { "principal" };
    let ask = asks.then(|| format!("{place}/activate-for?{whom}={}&role={}", row.principal_id, row.access));
    let why = (!row.is_group).then(|| {
        let pick = TargetKind::parse(&row.access).map(|kind| Pick { key: place.key().to_owned(), kind });
        let pick = pick.map(|pick| pick.to_string()).unwrap_or_default();
        format!("{}/why?pick={pick}", address(&row.handle))
    });
    let history = format!("{place}/audit?about={}", row.handle);
    let remove = if row.last_owner {
        view! { <p class="sm muted">"A group needs one active owner. " <a href=format!("{place}/assignments/remove?pick={}", row.id)>"Name a successor"</a></p> }.into_any()
    } else {
        view! { <a class="btn quiet small danger" href=format!("{place}/assignments/remove?pick={}", row.id)>"Remove"</a> }.into_any()
    };
    let label = format!("More for {}", row.name);
    view! {
        <ActionCell>
            {decide}
            {change.map(|href| view! { <Go href text="Change" small=true /> })}
            <More label>
                {ask.map(|href| view! { <Go href text="Ask on behalf" look=Look::Quiet small=true /> })}
                {active.map(|href| view! { <Go href text="Make active" look=Look::Quiet small=true /> })}
                {why.map(|href| view! { <Go href text="Why?" look=Look::Quiet small=true /> })}
                <Go href=history text="History" look=Look::Quiet small=true />
                {remove}
            </More>
        </ActionCell>
    }
    .into_any()
}

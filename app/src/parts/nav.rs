//! The side bar. Nobody sees an entry that would answer "not allowed".

use super::avatar::Avatar;
use super::badge::Tally;
use super::brand::Brand;
use super::icon::{Glyph, Icon};
use super::layout::Frame;
use super::live::Region;
use super::sign_out::SignOut;
use leptos::prelude::*;

/// The entries of the side bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// What I can switch on and what is on.
    Access,
    /// What I asked for.
    Requests,
    /// What others ask of me.
    Approvals,
    /// Whose access I am asked to look at.
    Reviews,
    /// Groups I may see.
    Groups,
    /// People I may see.
    People,
    /// Directory roles.
    Roles,
    /// Uses of break glass.
    Glass,
    /// What somebody should look at.
    Alerts,
    /// The audit.
    Audit,
    /// How access is used.
    Insights,
    /// How mail goes out.
    Mail,
    /// Where events are sent.
    Hooks,
    /// Applications that follow the groups.
    Applications,
}

impl Entry {
    fn look(self) -> (&'static str, Glyph, &'static str) {
        match self {
            Self::Access => ("/access", Glyph::Key, "My access"),
            Self::Requests => ("/requests", Glyph::History, "My requests"),
            Self::Approvals => ("/approvals", Glyph::Inbox, "Approvals"),
            Self::Reviews => ("/reviews", Glyph::Tick, "Reviews"),
            Self::Groups => ("/groups", Glyph::Users, "Groups"),
            Self::People => ("/people", Glyph::Badge, "People"),
            Self::Roles => ("/roles", Glyph::Shield, "Directory roles"),
            Self::Glass => ("/break-glass", Glyph::Bell, "Break glass"),
            Self::Alerts => ("/admin/alerts", Glyph::Warn, "Alerts"),
            Self::Audit => ("/audit", Glyph::File, "Audit"),
            Self::Insights => ("/insights", Glyph::Chart, "Insights"),
            Self::Mail => ("/admin/mail", Glyph::Mail, "Mail"),
            Self::Hooks => ("/admin/webhooks", Glyph::Plug, "Webhooks"),
            Self::Applications => ("/admin/applications", Glyph::Plug, "Applications"),
        }
    }
}

/// Which entries this person may open, beyond their own access, requests and groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Decides on requests, or did once.
    pub approvals: bool,
    /// Is asked in an access review, or was.
    pub reviews: bool,
    /// Sees people.
    pub people: bool,
    /// Sees directory roles.
    pub roles: bool,
    /// Sees uses of break glass.
    pub glass: bool,
    /// Sees alerts.
    pub alerts: bool,
    /// Reads the whole audit, and reports on it.
    pub audit: bool,
    /// Sees how mail goes out.
    pub mail: bool,
    /// Sees where events are sent.
    pub hooks: bool,
    /// Sees how applications follow the groups.
    pub applications: bool,
}

/// The side bar; under 960 px the same element is a popover.
#[component]
pub fn Side(
    /// Whose page it is.
    frame: Frame,
    /// The entry this page belongs to.
    current: Option<Entry>,
    /// The entries are exchanged when they read differently.
    #[prop(optional)]
    live: bool,
) -> impl IntoView {
    let may = frame.may;
    let tally = move |entry| match entry {
        Entry::Approvals => Some((frame.waiting, "waiting for you")),
        Entry::Reviews => Some((frame.reviews, "waiting for you")),
        Entry::Glass => Some((frame.unreviewed, "not reviewed")),
        Entry::Alerts => Some((frame.alerts, "open")),
        _ => None,
    };
    let group = move |id: &'static str, heading: &'static str, entries: &[(bool, Entry)]| {
        let items: Vec<_> = entries
            .iter()
            .filter(|(allowed, _)| *allowed)
            .map(|(_, entry)| item(*entry, current, tally(*entry)))
            .collect();
        (!items.is_empty()).then(|| {
            view! {
                <div class="nav-group">
                    <h2 id=id>{heading}</h2>
                    <ul class="nav" aria-labelledby=id>
                        {items}
                    </ul>
                </div>
            }
        })
    };
    let work = [
        (true, Entry::Access),
        (true, Entry::Requests),
        (may.approvals, Entry::Approvals),
        (may.reviews || current == Some(Entry::Reviews), Entry::Reviews),
    ];
    let directory = [(true, Entry::Groups), (may.people, Entry::People), (may.roles, Entry::Roles)];
    let oversight = [
        (may.glass, Entry::Glass),
        (may.alerts, Entry::Alerts),
        (may.audit, Entry::Audit),
        (may.audit, Entry::Insights),
    ];
    let product =
        [(may.applications, Entry::Applications), (may.mail, Entry::Mail), (may.hooks, Entry::Hooks)];
    view! {
        <nav class="side" id="side" popover="auto" aria-label="Main">
            <div class="brand-row">
                <Brand />
                <button
                    class="btn quiet square close-nav"
                    type="button"
                    popovertarget="side"
                    popovertargetaction="hide"
                >
                    <Icon name=Glyph::X label="Close menu" />
                </button>
            </div>
            <Region name=live.then_some("nav")>
                {group("n-work", "My work", &work)}
                {group("n-directory", "Directory", &directory)}
                {group("n-oversight", "Oversight", &oversight)}
                {group("n-product", "Product", &product)}
            </Region>
            <div class="side-foot">
                <SignOut />
                <a class="me" href="/account">
                    <Avatar name=frame.who.name.clone() user_name=frame.who.user_name.clone() />
                    <span>
                        <b>
                            <bdi>{frame.who.name.clone()}</bdi>
                        </b>
                        <small>
                            <bdi>{frame.who.second_line()}</bdi>
                        </small>
                    </span>
                </a>
            </div>
        </nav>
    }
}

fn item(entry: Entry, current: Option<Entry>, tally: Option<(i64, &'static str)>) -> impl IntoView {
    let (href, glyph, word) = entry.look();
    let tally = tally.filter(|(count, _)| *count > 0);
    view! {
        <li>
            <a href=href aria-current=(current == Some(entry)).then_some("page")>
                <Icon name=glyph />
                {word}
                {tally.map(|(count, says)| view! { <Tally count says hot=true /> })}
            </a>
        </li>
    }
}

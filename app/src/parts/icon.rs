//! Icons: own drawings on a 24 grid, one sprite per page.

use leptos::prelude::*;

/// Every drawing we have. A closed list, so a page cannot ask for one that is not in the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Onwards.
    Arrow,
    /// People.
    Badge,
    /// Somebody was told.
    Bell,
    /// Starts later.
    Calendar,
    /// Insights.
    Chart,
    /// Done, on, approved.
    Check,
    /// Waiting for somebody.
    Clock,
    /// Settings.
    Cog,
    /// Owner.
    Crown,
    /// Denied.
    Deny,
    /// Take away as a file.
    Download,
    /// Audit.
    File,
    /// Passkey.
    Finger,
    /// Past requests.
    History,
    /// Time is running out, or ran out.
    Hourglass,
    /// Approvals.
    Inbox,
    /// Good to know.
    Info,
    /// Eligible; my access.
    Key,
    /// Code needed; nothing on.
    Lock,
    /// What is written to people.
    Mail,
    /// Open the menu.
    Menu,
    /// Expired.
    Minus,
    /// More actions.
    More,
    /// Sign out.
    Out,
    /// Applications.
    Plug,
    /// Add.
    Plus,
    /// Print.
    Print,
    /// The next hop of a path.
    Right,
    /// Find.
    Search,
    /// Directory roles.
    Shield,
    /// Proven intact.
    ShieldOk,
    /// Cancelled, or not possible.
    Slash,
    /// New.
    Spark,
    /// Favourite.
    Star,
    /// Failed or refused.
    Stop,
    /// On its way.
    Sync,
    /// Chosen, possible.
    Tick,
    /// Ticket number.
    Ticket,
    /// Looks like somebody else.
    Twin,
    /// Member; one person.
    User,
    /// Several people; a group.
    Users,
    /// Take care.
    Warn,
    /// Close, remove, no.
    X,
}

impl Glyph {
    /// All glyphs, in the order of the sprite.
    pub const ALL: [Self; 43] = [
        Self::Arrow,
        Self::Badge,
        Self::Bell,
        Self::Calendar,
        Self::Chart,
        Self::Check,
        Self::Clock,
        Self::Cog,
        Self::Crown,
        Self::Deny,
        Self::Download,
        Self::File,
        Self::Finger,
        Self::History,
        Self::Hourglass,
        Self::Inbox,
        Self::Info,
        Self::Key,
        Self::Lock,
        Self::Mail,
        Self::Menu,
        Self::Minus,
        Self::More,
        Self::Out,
        Self::Plug,
        Self::Plus,
        Self::Print,
        Self::Right,
        Self::Search,
        Self::Shield,
        Self::ShieldOk,
        Self::Slash,
        Self::Spark,
        Self::Star,
        Self::Stop,
        Self::Sync,
        Self::Tick,
        Self::Ticket,
        Self::Twin,
        Self::User,
        Self::Users,
        Self::Warn,
        Self::X,
    ];

    /// Where the symbol is in the page, for `<use href>`.
    #[must_use]
    pub fn href(self) -> &'static str {
        match self {
            Self::Arrow => "#i-arrow",
            Self::Badge => "#i-badge",
            Self::Bell => "#i-bell",
            Self::Calendar => "#i-calendar",
            Self::Chart => "#i-chart",
            Self::Check => "#i-check",
            Self::Clock => "#i-clock",
            Self::Cog => "#i-cog",
            Self::Crown => "#i-crown",
            Self::Deny => "#i-deny",
            Self::Download => "#i-download",
            Self::File => "#i-file",
            Self::Finger => "#i-finger",
            Self::History => "#i-history",
            Self::Hourglass => "#i-hourglass",
            Self::Inbox => "#i-inbox",
            Self::Info => "#i-info",
            Self::Key => "#i-key",
            Self::Lock => "#i-lock",
            Self::Mail => "#i-mail",
            Self::Menu => "#i-menu",
            Self::Minus => "#i-minus",
            Self::More => "#i-more",
            Self::Out => "#i-out",
            Self::Plug => "#i-plug",
            Self::Plus => "#i-plus",
            Self::Print => "#i-print",
            Self::Right => "#i-right",
            Self::Search => "#i-search",
            Self::Shield => "#i-shield",
            Self::ShieldOk => "#i-shieldok",
            Self::Slash => "#i-slash",
            Self::Spark => "#i-spark",
            Self::Star => "#i-star",
            Self::Stop => "#i-stop",
            Self::Sync => "#i-sync",
            Self::Tick => "#i-tick",
            Self::Ticket => "#i-ticket",
            Self::Twin => "#i-twin",
            Self::User => "#i-user",
            Self::Users => "#i-users",
            Self::Warn => "#i-warn",
            Self::X => "#i-x",
        }
    }
}

/// A drawing. Hidden from screen readers unless it stands alone and has a `label`.
#[component]
pub fn Icon(
    /// Which drawing.
    name: Glyph,
    /// What it means, where no word stands beside it (a button with only an icon).
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    match label {
        Some(label) => view! {
            <svg class="icon" role="img" aria-label=label><use href=name.href()></use></svg>
        }
        .into_any(),
        None => view! {
            <svg class="icon" aria-hidden="true"><use href=name.href()></use></svg>
        }
        .into_any(),
    }
}

/// The sprite every page carries once, before the first icon.
#[component]
pub fn Sprite() -> impl IntoView {
    // A constant of ours: nothing from outside can be in it.
    view! { <svg hidden aria-hidden="true" inner_html=include_str!("sprite.svg")></svg> }
}

#[cfg(test)]
mod tests {
    use super::Glyph;

    #[test]
    fn every_glyph_has_its_symbol_and_every_symbol_its_glyph() {
        let sprite = include_str!("sprite.svg");
        for glyph in Glyph::ALL {
            let id = glyph.href().trim_start_matches('#');
            assert!(sprite.contains(&format!("id=\"{id}\"")), "{glyph:?}");
        }
        assert_eq!(sprite.matches("<symbol ").count(), Glyph::ALL.len());
    }
}

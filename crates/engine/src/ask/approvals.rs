//! What others ask of this person: the inbox of an approver, and one request of it.
//!
//! Only who is named by the policy sees a request here. Owners and administrators have the group's own pages.

mod card;
mod look_alike;
mod named;
mod past;

pub use card::{Before, Card, Standing, Voted};
pub use named::Named;

use crate::ask::frame::{self, Frame};
use crate::ask::renewals::{self, Line};
use crate::{Ctx, Engine, Error, Result, clock};
use domain::ids::RequestId;
use uuid::Uuid;

/// Which part of the inbox.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Show {
    /// What waits, and what others did about it within a day.
    #[default]
    Waiting,
    /// Everything that is decided, whoever did it.
    Decided,
    /// What this person decided.
    Mine,
}

impl Show {
    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Show::Waiting => "waiting",
            Show::Decided => "decided",
            Show::Mine => "mine",
        }
    }

    /// From the word; anything else shows what waits.
    pub fn parse(word: &str) -> Self {
        [Show::Decided, Show::Mine].into_iter().find(|show| show.word() == word).unwrap_or_default()
    }
}

/// The inbox.
#[derive(Clone, Debug)]
pub struct Approvals {
    /// What surrounds it.
    pub frame: Frame,
    /// To be decided by this person, the oldest first; her own ones among them.
    pub waiting: Vec<Card>,
    /// Assignments to extend or renew in groups that this person manages, the oldest first.
    pub renewals: Vec<Line>,
    /// Nothing left to do: the newest first.
    pub done: Vec<Card>,
    /// Decided or closed ones there are.
    pub decided: i64,
    /// Where the next page of decided ones begins, if there is one.
    pub next: Option<i64>,
}

/// The inbox of the caller.
///
/// # Errors
/// The database can't be reached, or stored rules can't be read.
pub async fn approvals(engine: &Engine, ctx: &Ctx, show: Show, before: Option<i64>) -> Result<Approvals> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let named = Named::of(&mut conn, ctx.person()).await?;
    let decided = past::count(&mut conn, &named).await?;
    let (open, past, next) = match show {
        Show::Waiting => (named.waiting(&mut conn).await?, past::of_today(&mut conn, &named).await?, None),
        Show::Decided | Show::Mine => {
            let (ids, next) = past::page(&mut conn, &named, show == Show::Mine, before).await?;
            (Vec::new(), ids, next)
        }
    };
    let renewals = if show == Show::Waiting && frame.renewals > 0 {
        renewals::waiting(&mut conn, ctx).await?
    } else {
        Vec::new()
    };
    let mut cards =
        card::load(&mut conn, ctx, &named, &[open.as_slice(), past.as_slice()].concat(), frame.now).await?;
    let undecided = |card: &Card| matches!(card.standing, Standing::Decide | Standing::Own);
    let mut waiting: Vec<Card> =
        cards.extract_if(.., |card| open.contains(&card.request.0) && undecided(card)).collect();
    waiting.sort_by_key(|card| (card.asked, card.number));
    cards.sort_by_key(|card| std::cmp::Reverse(card.number));
    Ok(Approvals { frame, waiting, renewals, done: cards, decided, next })
}

/// One request with what surrounds it.
#[derive(Clone, Debug)]
pub struct Approval {
    /// What surrounds it.
    pub frame: Frame,
    /// The request as it stands now.
    pub card: Card,
}

/// One request by its R-number, whatever became of it: links in mails are old.
///
/// # Errors
/// Not found: the caller is neither named for it, nor has voted, nor is it her own.
pub async fn approval(engine: &Engine, ctx: &Ctx, number: i64) -> Result<Approval> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let named = Named::of(&mut conn, ctx.person()).await?;
    let id = named.find(&mut conn, number).await?.ok_or_else(Error::not_found)?;
    let cards = card::load(&mut conn, ctx, &named, &[id], frame.now).await?;
    let card = cards.into_iter().next().ok_or_else(Error::not_found)?;
    Ok(Approval { frame, card })
}

/// A request that a form names.
#[derive(Clone, Debug)]
pub struct InForm {
    /// Which.
    pub request: RequestId,
    /// R-number.
    pub number: i64,
    /// As the caller sees it now; none when she may not see it.
    pub card: Option<Card>,
}

/// The requests that a form names by R-number. Unknown numbers are left out.
///
/// # Errors
/// The database can't be reached, or stored rules can't be read.
pub async fn in_form(engine: &Engine, ctx: &Ctx, numbers: &[i64]) -> Result<Vec<InForm>> {
    let mut conn = engine.pool.acquire().await?;
    let now = clock::now(&mut conn).await?;
    let named = Named::of(&mut conn, ctx.person()).await?;
    let known: Vec<(Uuid, i64)> = sqlx::query_as("select id, number from requests where number = any ($1)")
        .bind(numbers)
        .fetch_all(&mut *conn)
        .await?;
    let mut seen = Vec::new();
    for (_, number) in &known {
        seen.extend(named.find(&mut conn, *number).await?);
    }
    let mut cards = card::load(&mut conn, ctx, &named, &seen, now).await?;
    let found = known.into_iter().map(|(id, number)| {
        let card = cards.iter().position(|card| card.number == number).map(|at| cards.swap_remove(at));
        InForm { request: RequestId(id), number, card }
    });
    Ok(found.collect())
}

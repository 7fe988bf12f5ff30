//! How access is used: over everything, or of one group or role. Rules in `domain::insight` draw the days and read the
//! counts; PostgreSQL counts. Who holds what over everything comes from the worker's last count ([`crate::insight`]).

pub mod activity;
pub mod csv;
pub mod gaps;
pub mod holders;
pub mod refusals;
pub mod unused;
pub mod waits;

use crate::ask::frame;
use crate::ask::group_header::{self, Header};
use crate::ask::thing::Place;
use crate::{Ctx, Engine, Result, authority};
use activity::Busiest;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::authz::Action;
use domain::insight::idle::Idle;
use domain::insight::window::{Day, Period, Week, days, weeks};
use gaps::GapOf;
use holders::Count;
use refusals::Reason;
use sqlx::PgConnection;
use unused::Unused;
use uuid::Uuid;
use waits::Answers;

/// Of what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Every group and role.
    Everything,
    /// This group or role.
    Of(Place),
}

/// What the address asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// How far back.
    pub period: Period,
    /// What counts as unused.
    pub idle: Idle,
    /// How many unused eligibilities are named.
    pub limit: Limit,
}

/// How long lists may get.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Limit {
    /// What a page shows.
    #[default]
    Page,
    /// What a file holds.
    File,
}

impl Limit {
    fn rows(self) -> i64 {
        match self {
            Limit::Page => 20,
            Limit::File => 10_000,
        }
    }
}

/// The report.
#[derive(Clone, Debug)]
pub struct Insights {
    /// Of one group or role: what stands above its tabs.
    pub header: Option<Header>,
    /// The database's time of this look.
    pub now: DateTime<Utc>,
    /// The reader's zone, which says what a day is.
    pub zone: Tz,
    /// What was asked for.
    pub asked: Asked,
    /// The days looked at, today last.
    pub days: Vec<Day>,
    /// Activations of each day.
    pub activations: Vec<i64>,
    /// Where most of them were.
    pub busiest: Busiest,
    /// How requests were answered, on each day.
    pub answers: Vec<Answers>,
    /// Why something was refused, the most frequent first.
    pub refusals: Vec<Reason>,
    /// People with standing and with just-in-time access, the oldest count first. Empty before the first count.
    pub holders: Vec<Count>,
    /// Eligibilities that nobody uses.
    pub unused: Unused,
    /// Where nobody can approve.
    pub gaps: Vec<GapOf>,
}

impl Insights {
    /// Activations in the whole period.
    pub fn activated(&self) -> i64 {
        self.activations.iter().sum()
    }

    /// The weeks of the period, each with the answers of its days.
    pub fn weeks(&self) -> Vec<(Week, Answers)> {
        let weeks = weeks(&self.days).into_iter();
        weeks
            .map(|week| (week.clone(), Answers::sum(self.answers.get(week.days).unwrap_or_default())))
            .collect()
    }

    /// Answers of the whole period.
    pub fn answered(&self) -> Answers {
        Answers::sum(&self.answers)
    }
}

/// What events are looked at, as bound into statements.
#[derive(Clone, Debug)]
struct Sight {
    /// Ids of the targets of one group or role; everything without them.
    targets: Option<Vec<Uuid>>,
    /// Where the days begin.
    starts: Vec<DateTime<Utc>>,
    /// Where the first one begins.
    from: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Sight {
    /// The condition on an event `e`, over the parameters $1 (targets) and $2 (first moment), which every statement binds first.
    fn of(&self) -> &'static str {
        match self.targets {
            Some(_) => "e.target_id = any ($1) and e.at >= $2",
            None => "e.target_id is not null and e.at >= $2",
        }
    }

    /// The day, counted from 0, of what PostgreSQL's `width_bucket` found among the starts.
    fn day(&self, bucket: i32) -> Option<usize> {
        usize::try_from(bucket).ok()?.checked_sub(1).filter(|day| *day < self.starts.len())
    }
}

/// Loads the report for whoever may read it: over everything for those who read the whole audit; of a group or role
/// for those who may see its assignments.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn insights(engine: &Engine, ctx: &Ctx, scope: &Scope, asked: Asked) -> Result<Insights> {
    let mut conn = engine.pool.acquire().await?;
    let (header, targets) = match scope {
        Scope::Everything => {
            authority::require(ctx, &Action::ReadAudit)?;
            (None, None)
        }
        Scope::Of(place) => {
            let (subject, header) =
                group_header::load_any(&mut conn, ctx, place, Action::InspectAccess).await?;
            (Some(header), Some(subject.target_ids(&mut conn).await?))
        }
    };
    let (now, zone) = clock(&mut conn, ctx).await?;
    let days = days(&zone, now, asked.period.days());
    let starts: Vec<_> = days.iter().map(|day| day.start).collect();
    let sight = Sight { targets, from: starts.first().copied().unwrap_or(now), starts, now };
    Ok(Insights {
        header,
        now,
        zone,
        asked,
        days,
        activations: activity::by_day(&mut conn, &sight).await?,
        busiest: activity::busiest(&mut conn, &sight).await?,
        answers: waits::by_day(&mut conn, &sight).await?,
        refusals: refusals::reasons(&mut conn, &sight).await?,
        holders: holders::holders(&mut conn, &sight).await?,
        unused: unused::unused(&mut conn, &sight, asked).await?,
        gaps: gaps::gaps(&mut conn, &sight, asked).await?,
    })
}

async fn clock(conn: &mut PgConnection, ctx: &Ctx) -> Result<(DateTime<Utc>, Tz)> {
    let (now, zone) = frame::clock_on(conn, ctx).await?;
    // a name that is not known any more
    Ok((now, zone.parse().unwrap_or(Tz::UTC)))
}

//! What surrounds every page after sign-in, from the engine's answer.

use crate::ctx;
use crate::failure::Failure;
use crate::parts::ending::Ending;
use crate::parts::layout::{Frame, Theme};
use crate::parts::moment::Clock;
use crate::parts::nav::May;
use crate::parts::person::Who;
use chrono_tz::Tz;
use engine::ask::{self, frame};
use leptos::prelude::provide_context;

impl From<ask::who::Who> for Who {
    fn from(who: ask::who::Who) -> Self {
        Self { name: who.name, user_name: who.user_name, note: who.department, href: None }
    }
}

impl From<frame::On> for Ending {
    fn from(on: frame::On) -> Self {
        Self { assignment: on.assignment.to_string(), name: on.name, kind: on.kind, ends: on.ends }
    }
}

impl From<frame::Frame> for Frame {
    fn from(frame: frame::Frame) -> Self {
        Self {
            may: May {
                approvals: frame.may.approvals,
                reviews: frame.may.reviews,
                people: frame.may.people,
                roles: frame.may.roles,
                glass: frame.may.glass,
                alerts: frame.may.alerts,
                audit: frame.may.audit,
                mail: frame.may.mail,
                hooks: frame.may.hooks,
                applications: frame.may.applications,
            },
            waiting: i64::try_from(frame.waiting).unwrap_or(i64::MAX),
            unreviewed: frame.unreviewed,
            reviews: frame.reviews,
            alerts: frame.alerts,
            active: frame.active,
            next_end: frame.next_end,
            ending: frame.ending.into_iter().map(Ending::from).collect(),
            clock: Clock { now: frame.now, zone: zone(&frame.time_zone) },
            theme: match frame.theme.as_str() {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::System,
            },
            who: frame.who.into(),
        }
    }
}

/// The frame of a page from its answer. From here on everything on the page is written in the reader's zone, also what
/// is made before the shell around it.
pub fn around(answer: frame::Frame) -> Frame {
    let frame = Frame::from(answer);
    provide_context(frame.clock);
    frame
}

/// The zone of this name; UTC where the name is not known (any more).
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// The frame of this request's person, for pages whose own question does not answer it already.
pub async fn here() -> Result<Frame, Failure> {
    let caller = ctx::caller()?;
    let mut conn = ctx::engine()?.pool.acquire().await.map_err(engine::Error::from)?;
    Ok(frame::load(&mut conn, &caller).await?.into())
}

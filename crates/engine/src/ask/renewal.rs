//! A request to extend or renew an assignment, as who manages the group or role answers it.

use crate::ask::group_header::{self, Header};
use crate::ask::renewals::{self, About};
use crate::ask::thing::Place;
use crate::ask::who::Who;
use crate::db::{policies, requests, users};
use crate::renewal::Loaded;
use crate::{Ctx, Engine, Error, Result, act, clock};
use chrono::{DateTime, Utc};
use domain::activation::Status;
use domain::assignment::Kind;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::policy::Policy;
use domain::refusal::{Code, Refusal};
use domain::renewal::answerable;
use domain::span::Span;
use domain::text::Text;

/// The page.
#[derive(Clone, Debug)]
pub struct RenewalPage {
    /// Above the tabs.
    pub header: Header,
    /// The database's time of this look.
    pub now: DateTime<Utc>,
    /// R-number.
    pub number: i64,
    /// Graph's action word.
    pub action: String,
    /// Who asks.
    pub who: Who,
    /// Her words.
    pub reason: String,
    /// Asked at.
    pub asked: DateTime<Utc>,
    /// Lapses then.
    pub lapses: Option<DateTime<Utc>>,
    /// Eligible or active.
    pub kind: Kind,
    /// Since when, until when she has it now.
    pub span: Span,
    /// Of what, given by whom, how much used.
    pub about: About,
    /// The limits.
    pub policy: Policy,
    /// Why there is nothing to answer, or not for this person.
    pub obstacle: Option<Refusal>,
}

/// Loads the page for whoever manages the group or role, whatever became of the request.
///
/// # Errors
/// Unknown or not for this person, alike.
pub async fn load(engine: &Engine, ctx: &Ctx, place: &Place, number: i64) -> Result<RenewalPage> {
    let mut conn = engine.pool.acquire().await?;
    let (subject, header) = group_header::load_any(&mut conn, ctx, place, Action::ManageAccess).await?;
    let row = requests::by_number(&mut conn, number).await?.filter(requests::RequestRow::is_renewal);
    let row = row.ok_or_else(Error::not_found)?;
    let loaded: Loaded = crate::renewal::of(&mut conn, &row).await?;
    if !subject.target_ids(&mut conn).await?.contains(&loaded.target.0) {
        return Err(Error::not_found());
    }
    let now = clock::now(&mut conn).await?;
    let own = [Some(row.principal_id), row.filer_id].contains(&Some(ctx.person().0));
    let obstacle = if row.status()? == Status::PendingAdminDecision {
        answerable(own, &loaded.waiting(row.deadline_at), now).err()
    } else {
        let (text, why) = act::decide::became(&mut conn, row.request_id()).await?;
        Some(Refusal::new(Code::AlreadyClosed, Text([text.then(".").0, why.0].concat())))
    };
    let about = renewals::about(&mut conn, loaded.id.0).await?.ok_or_else(Error::not_found)?;
    let user = users::find(&mut conn, PersonId(row.principal_id)).await?.ok_or_else(Error::not_found)?;
    let who = Who {
        id: user.id,
        name: user.display_name,
        user_name: user.user_name,
        department: user.department.unwrap_or_default(),
    };
    Ok(RenewalPage {
        policy: policies::current(&mut conn, loaded.target).await?.policy,
        header,
        now,
        number,
        action: row.action,
        who,
        reason: row.reason,
        asked: row.created_at,
        lapses: row.deadline_at,
        kind: loaded.kind,
        span: loaded.span,
        about,
        obstacle,
    })
}

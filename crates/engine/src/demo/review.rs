//! An access review that runs: the owners are asked who still needs the production databases.

use crate::act::plan_access_review::{Input, plan_access_review};
use crate::ctx::{Ctx, Session, Via};
use crate::{Engine, Error, Result, authority, db, ids};
use domain::access_review::plan::{Plan, Undecided};
use domain::access_review::schedule::Every;
use domain::ids::{PersonId, RequestKey};
use domain::policy::Approver;

/// Planned by the use case itself, once everything else is there.
pub(super) async fn plan(engine: &Engine) -> Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let mut person = async |user_name: &str| -> Result<PersonId> {
        let user = db::users::by_user_name(&mut conn, user_name).await?;
        Ok(PersonId(user.ok_or_else(Error::not_found)?.id))
    };
    let (niamh, soren) = (person("niamh.osullivan").await?, person("soren.dahl").await?);
    let actor = authority::actor(&mut conn, niamh).await?.ok_or_else(Error::not_found)?;
    drop(conn);
    let via = Via { trace_id: "demo".into(), ..Via::default() };
    let ctx = Ctx { actor, session: Session::default(), via };
    let plan = Plan {
        fallback: vec![Approver::Person(soren)],
        every: Every::Quarter,
        undecided: Undecided::Recommended,
        remind: false,
        note: "The auditors ask who could have opened the billing data. Deny what nobody needs any more."
            .into(),
        ..Plan::default()
    };
    let input = Input {
        key: "prod-db-admins".into(),
        name: "Production databases, each quarter".into(),
        start: None,
        plan,
        form: RequestKey(ids::new()),
    };
    plan_access_review(engine, &ctx, input).await.map(drop)
}

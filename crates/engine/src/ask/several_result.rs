//! What came of a form about several things, as it stands now.

use crate::act::activate_several::{MOST_AT_ONCE, key_of};
use crate::ask::frame::{self, Frame};
use crate::ask::requests::{Line, select};
use crate::ask::stand::Stand;
use crate::ask::thing::{Pick, Thing};
use crate::ask::who::Who;
use crate::ask::{deciders, several_form};
use crate::db::policies;
use crate::known::is_known;
use crate::{Ctx, Engine, Result};
use domain::ids::{RequestKey, TargetId};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The page.
#[derive(Clone, Debug)]
pub struct SeveralResult {
    /// What surrounds it.
    pub frame: Frame,
    /// One for each thing, in the order of the picks.
    pub rows: Vec<Came>,
}

/// What came of one.
#[derive(Clone, Debug)]
pub struct Came {
    /// Of what.
    pub thing: Thing,
    /// The request that the form made; none when it was refused.
    pub request: Option<Line>,
    /// Who can approve, while it waits.
    pub deciders: Vec<Who>,
    /// How many of them must.
    pub needed: usize,
}

/// Loads the page. What this person may not know of is as if it were not there.
///
/// # Errors
/// The database can't be reached.
pub async fn load(engine: &Engine, ctx: &Ctx, form: RequestKey, picks: &[Pick]) -> Result<SeveralResult> {
    let mut conn = engine.pool.acquire().await?;
    let frame = frame::load(&mut conn, ctx).await?;
    let picks = &picks[..picks.len().min(MOST_AT_ONCE)];
    let mut rows = Vec::new();
    for thing in several_form::named(&mut conn, picks).await? {
        let request = request(&mut conn, ctx, key_of(form, thing.id())).await?;
        if request.is_some() || is_known(&mut conn, ctx, thing.id(), thing.target).await? {
            rows.push(Came { thing, request, deciders: Vec::new(), needed: 0 });
        }
    }
    name_deciders(&mut conn, ctx, &mut rows).await?;
    Ok(SeveralResult { frame, rows })
}

async fn request(conn: &mut PgConnection, ctx: &Ctx, key: RequestKey) -> Result<Option<Line>> {
    let sql = format!("{} where r.filer_id = $1 and r.request_key = $2", select());
    let found = sqlx::query_as(AssertSqlSafe(sql)).bind(ctx.person().0).bind::<Uuid>(key.0);
    Ok(found.fetch_optional(conn).await?)
}

/// Who decides, of those that wait.
async fn name_deciders(conn: &mut PgConnection, ctx: &Ctx, rows: &mut [Came]) -> Result<()> {
    let waits = |row: &&mut Came| row.request.as_ref().is_some_and(|line| line.stand == Stand::Waiting);
    let targets: BTreeSet<TargetId> = rows.iter_mut().filter(waits).map(|row| row.thing.id()).collect();
    if targets.is_empty() {
        return Ok(());
    }
    let policies = policies::current_of(conn, &targets).await?;
    let rule = |target: TargetId| policies.get(&target)?.policy.activation.approval.as_ref();
    let asked = rows.iter().filter_map(|row| Some((rule(row.thing.id())?, row.thing.target)));
    let found = deciders::load(conn, asked).await?;
    let me = ctx.person();
    for row in rows.iter_mut().filter(waits) {
        if let Some(rule) = rule(row.thing.id()) {
            row.needed = usize::from(rule.needed);
            row.deciders = found.may_approve(rule, row.thing.target, [me, me]);
        }
    }
    Ok(())
}

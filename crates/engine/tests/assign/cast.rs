//! Who takes part, and what the forms say.

use super::*;
use engine::ask::thing::{Pick, Place};

/// Olga owns the group; Ann is nobody yet.
pub struct Cast {
    pub world: World,
    pub olga: PersonId,
    pub ann: PersonId,
    pub group: GroupId,
    pub member: TargetId,
    pub owner: TargetId,
}

pub async fn cast(pool: &PgPool, role_assignable: bool) -> Cast {
    let world = World::new(pool);
    let (olga, ann) = (world.person("Olga").await, world.person("Ann").await);
    let group = world.group_with("ops", role_assignable, true).await;
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.policy(member, open_policy()).await;
    world.policy(owner, open_policy()).await;
    world.standing(olga, owner).await;
    Cast { world, olga, ann, group, member, owner }
}

pub fn eligible(end: DateTime<Utc>) -> Wanted {
    Wanted { kind: Kind::Eligible, start: None, end: Some(end), reason: String::new() }
}

pub fn active(end: DateTime<Utc>, reason: &str) -> Wanted {
    Wanted { kind: Kind::Active, start: None, end: Some(end), reason: reason.into() }
}

pub fn input(principals: &[PersonId], wanted: Wanted) -> Input {
    let principals = principals.iter().map(|person| PrincipalId::from(*person)).collect();
    Input { pick: Pick::of("ops", Access::Member), principals, wanted, code: String::new(), key: key() }
}

pub async fn give(cast: &Cast, ctx: &Ctx, person: PersonId, wanted: Wanted) -> Result<Span, Vec<Refusal>> {
    let outcomes = assign(&cast.world.engine, ctx, input(&[person], wanted)).await.unwrap();
    outcomes.into_iter().next().unwrap().result
}

pub fn code(outcome: &Outcome) -> Option<Code> {
    outcome.result.as_ref().err().map(|refusals| refusals[0].code)
}

pub fn taking(rows: &[AssignmentId]) -> remove_assignment::Input {
    remove_assignment::Input {
        at: Place::group("ops"),
        assignments: rows.to_vec(),
        reason: "left the team".into(),
        successor: None,
        code: String::new(),
        key: key(),
    }
}

/// Everything that access rests on, as one number: what a refusal must leave alone (I-16).
pub async fn state(world: &World) -> i64 {
    world
        .count(
            "select hashtextextended(coalesce(string_agg(row, '|' order by row), ''), 0) from ( \
             select a::text as row from assignments a union all select r::text from requests r \
             union all select p::text from policies p union all select g::text from groups g) rows",
        )
        .await
}

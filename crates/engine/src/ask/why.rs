//! "Why?" about any person and anything that can be held: whether it works now, by which way and until when; what stands
//! against switching it on at this moment; who could approve it.

use crate::ask::deciders;
use crate::ask::person::{How, Reach, What, reach};
use crate::ask::thing::{self, Pick, Thing};
use crate::ask::who::Who;
use crate::db::users;
use crate::nesting::When;
use crate::{Ctx, Engine, Error, Result, authority, standing};
use chrono::{DateTime, Utc};
use domain::activation::obstacles;
use domain::authz::Action;
use domain::ids::PersonId;
use domain::policy::prompt::{Prompts, prompts};
use domain::refusal::Refusal;
use domain::target::Target;

/// The answer.
#[derive(Clone, Debug)]
pub struct Why {
    /// About whom.
    pub who: Who,
    /// Of what.
    pub thing: Thing,
    /// The database's time of this look.
    pub now: DateTime<Utc>,
    /// Every way in which she has it or could have it, what works now first.
    pub ways: Vec<Reach>,
    /// What stands against switching it on now, in the words that she reads herself; empty when nothing does.
    pub obstacles: Vec<Refusal>,
    /// What she would be asked.
    pub prompts: Prompts,
    /// Who could approve it for her now; empty also when nobody has to.
    pub deciders: Vec<Who>,
}

impl Why {
    /// It works for her now.
    pub fn effective(&self) -> bool {
        self.ways.iter().any(|way| matches!(way.how, How::Standing | How::Activated))
    }
}

/// Answers for herself, and for whoever may see the person and inspect access to the thing.
///
/// # Errors
/// Unknown or not for this viewer, alike.
pub async fn why(engine: &Engine, ctx: &Ctx, user_name: &str, pick: &Pick) -> Result<Why> {
    let mut conn = engine.pool.acquire().await?;
    let user = users::by_user_name(&mut conn, user_name).await?.ok_or_else(Error::not_found)?;
    let person = PersonId(user.id);
    let thing = thing::find(&mut conn, pick).await?;
    let facts = authority::target_facts(&mut conn, ctx, thing.target).await?.ok_or_else(Error::not_found)?;
    if person == ctx.person() {
        authority::require(ctx, &Action::SeeGroup(facts))?;
    } else {
        let about = authority::person_facts(&mut conn, ctx, person).await?;
        authority::require(ctx, &Action::SeePerson(about))?;
        authority::require(ctx, &Action::InspectAccess(facts))?;
    }
    let now = crate::clock::now(&mut conn).await?;
    let loaded = standing::load(&mut conn, person, person, thing.id(), None, now, None).await?;
    let rules = &loaded.standing.rules;
    let deciders =
        deciders::load(&mut conn, rules.approval.as_ref().map(|rule| (rule, thing.target))).await?;
    let able = rules.approval.as_ref().map(|rule| deciders.may_approve(rule, thing.target, [person, person]));
    let mut ways =
        if user.person().able() { reach::load(&mut conn, person, When::Now).await? } else { Vec::new() };
    ways.retain(|way| is_about(&way.what, &thing));
    let who = Who {
        id: user.id,
        name: user.display_name,
        user_name: user.user_name,
        department: user.department.unwrap_or_default(),
    };
    Ok(Why {
        obstacles: obstacles(&loaded.standing, None, now),
        prompts: prompts(rules, true),
        deciders: able.unwrap_or_default(),
        who,
        thing,
        now,
        ways,
    })
}

fn is_about(what: &What, thing: &Thing) -> bool {
    match (what, thing.target) {
        (What::Member(group), Target::Member(_)) | (What::Owner(group), Target::Owner(_)) => {
            group.key == thing.key
        }
        (What::Role(role), Target::Role(asked)) => *role == asked,
        _ => false,
    }
}

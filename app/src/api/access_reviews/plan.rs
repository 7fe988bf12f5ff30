//! Planning a review of who is in a group.

use crate::failure::Failure;
use crate::forms::Done;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is reviewed, by whom and how, as words. A box that is not ticked is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Name of the review.
    pub name: String,
    /// What reviewers should know.
    pub note: String,
    /// Assignments as member.
    pub members: String,
    /// Assignments as owner.
    pub owners: String,
    /// Eligible ones.
    pub eligible: String,
    /// Standing ones.
    pub standing: String,
    /// `owners`, `named` or `self`.
    pub reviewers: String,
    /// Ids of people and groups.
    pub named: Vec<String>,
    /// The same, for where nobody else can.
    pub fallback: Vec<String>,
    /// `once`, `month`, `quarter` or `year`.
    pub every: String,
    /// Beginning in the person's zone; empty is now.
    pub start: String,
    /// How many days a round lasts.
    pub days: String,
    /// Every decision needs a reason.
    pub justify: String,
    /// `keep`, `remove` or `recommended`.
    pub undecided: String,
    /// `self` or `hand`.
    pub apply: String,
    /// Reviewers are reminded.
    pub remind: String,
}

/// Plans what `fields` say for the group at `key`; `form` is the id of the form.
#[server(prefix = "/api/ui", endpoint = "access-reviews/plan")]
pub async fn plan_access_review(
    #[server(default)] key: String,
    #[server(default)] form: String,
    #[server(flatten)] fields: Fields,
) -> Result<Done, Failure> {
    use crate::api::groups::typed;
    use crate::ctx::{caller, engine};
    use engine::act::plan_access_review::{Input, plan_access_review};

    let (engine, form) = (engine()?, typed::form_key(&form)?);
    let start = typed::moment(typed::clock().await?, &fields.start, "start")?;
    let plan = fields.plan(&engine).await?;
    let input = Input { key: key.clone(), name: fields.name, start, plan, form };
    let number = plan_access_review(&engine, &caller()?, input).await?;
    Ok(Done::to(format!("/groups/{key}/reviews/{number}")).saying("access-review-planned"))
}

#[cfg(feature = "ssr")]
impl Fields {
    async fn plan(&self, engine: &engine::Engine) -> Result<domain::access_review::plan::Plan, Failure> {
        use domain::access_review::plan::{Plan, Reviewers, Undecided};
        use domain::access_review::schedule::Every;
        use domain::refusal::{Code, Refusal};

        let missing = |field: &str| Failure::refused(Refusal::new(Code::Missing, "Choose one.").at(field));
        let reviewers = Reviewers::parse(&self.reviewers).ok_or_else(|| missing("reviewers"))?;
        let on = |word: &str| !word.is_empty();
        let named: &[String] = if reviewers == Reviewers::Named { &self.named } else { &[] };
        Ok(Plan {
            members: on(&self.members),
            owners: on(&self.owners),
            eligible: on(&self.eligible),
            standing: on(&self.standing),
            named: people(engine, named).await?,
            fallback: people(engine, &self.fallback).await?,
            reviewers,
            every: Every::parse(&self.every).ok_or_else(|| missing("every"))?,
            // what is no number is no length either
            days: self.days.trim().parse().unwrap_or_default(),
            justify: on(&self.justify),
            undecided: Undecided::parse(&self.undecided).ok_or_else(|| missing("undecided"))?,
            auto_apply: self.apply == "self",
            remind: on(&self.remind),
            note: self.note.replace("\r\n", "\n").trim().to_owned(),
        })
    }
}

#[cfg(feature = "ssr")]
async fn people(engine: &engine::Engine, ids: &[String]) -> Result<Vec<domain::policy::Approver>, Failure> {
    let ids: Vec<_> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    Ok(engine::ask::policy_form::approvers(engine, &ids).await?)
}

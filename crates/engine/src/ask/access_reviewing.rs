//! In which rounds of access reviews a person has a part: found from her, so that it costs next to nothing on every page.

use crate::approvers::naming;

/// The rounds `r` that run.
macro_rules! running {
    () => {
        "join groups live on live.id = r.group_id and live.deleted_at is null \
           and r.stopped_at is null and r.applied_at is null and r.ends_at > clock() "
    };
}

/// The query, as `(id, part)`, for rounds that run and that may ask the person $1, who is in the groups `own`, or in which she
/// decided. Some are too many: whether she is really asked, the rule decides.
pub(crate) const REVIEWING: &str = concat!(
    "select r.id, 'first' as part from access_review_rounds r ",
    running!(),
    "where (r.plan -> 'named') @> any (",
    naming!("own"),
    ") union all select r.id, 'fallback' from access_review_rounds r ",
    running!(),
    "where (r.plan -> 'fallback') @> any (",
    naming!("own"),
    ") union all select r.id, 'first' from active_now a \
         join targets t on t.id = a.target_id and t.kind = 'owner' \
         join access_review_rounds r on r.group_id = t.group_id and r.plan ->> 'reviewers' <> 'named' ",
    running!(),
    "where a.principal_id in (select id from own) \
       union all select r.id, 'self' from access_review_items i join access_review_rounds r on r.id = i.round_id ",
    running!(),
    "where i.principal_id = $1 and i.oneself \
       union all select r.id, 'decided' from access_review_rounds r ",
    running!(),
    "where exists (select from access_review_items i where i.decided_by = $1 and i.round_id = r.id)",
);

//! Deletes an application. Nothing is taken away there any more: that is said before, with how many still have something.

use crate::audit::{self, About};
use crate::provision::input;
use crate::{Ctx, Engine, Result, authority};
use domain::audit::Event;
use domain::authz::Action;
use domain::refusal::{Code, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Deletes it, with its token. The log stays.
///
/// # Errors
/// Not for this person; unknown; or somebody is still a member there and `leave_them` does not say that it is meant.
pub async fn delete_application(engine: &Engine, ctx: &Ctx, id: Uuid, leave_them: bool) -> Result<()> {
    authority::require(ctx, &Action::ManageApplications)?;
    let mut tx = engine.begin().await?;
    let outcome = async {
        let name = input::lock(&mut tx, id).await?;
        input::hold_all(&mut tx, id).await?;
        let left = "select count(*) from application_members where application_id = $1 and there <> 'no'";
        let left: i64 = sqlx::query_scalar(left).bind(id).fetch_one(&mut *tx).await?;
        if left > 0 && !leave_them {
            let text = format!("{left} memberships there would stay. Take its groups away first, or say that they may.");
            return Err(Refusal::new(Code::BadValue, text.as_str()).at("leave_them").into());
        }
        for sql in [
            "delete from application_members where application_id = $1",
            "delete from application_people where application_id = $1",
            "delete from application_groups where application_id = $1",
            "update applications set deleted_at = clock(), token = '', old_token = null, old_until = null, health = 'healthy', \
               test_due_at = null where id = $1",
        ] {
            sqlx::query(sql).bind(id).execute(&mut *tx).await?;
        }
        let facts = Some(json!({ "application": id, "name": name, "memberships left there": left }));
        let about = About { facts, ..About::default() };
        audit::done(&mut tx, &ctx.by(), Event::ApplicationDeleted, &about).await
    }
    .await;
    input::end(engine, ctx, tx, Event::ApplicationDeleted, outcome).await
}

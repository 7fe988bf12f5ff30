//! Reminders of what ends: 14 days before, a day before and at the end, to the minute; once for each end; not where the access
//! goes on.

use super::*;
use chrono::{DateTime, DurationRound, Utc};
use domain::assignment::Kind;
use domain::ids::AssignmentId;
use domain::span::Span;
use engine::act::remove_assignment::{self, remove_assignment};
use engine::act::sweep::sweep;
use engine::act::update_assignment::{self, update_assignment};
use engine::ask::thing::Place;
use engine::testkit::open_policy;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

/// What was sent: to whom, and its subject.
type Told = Vec<(String, String)>;

/// Ann has nothing yet; Dora owns the group. The clock stands at a full minute.
async fn empty(pool: &PgPool) -> (Cast, DateTime<Utc>) {
    let cast = cast(pool).await;
    cast.world.sql("delete from assignments where kind = 'eligible'").await;
    let now = cast.world.now().await.duration_trunc(MINUTE).unwrap();
    cast.at(now).await;
    (cast, now)
}

/// Ann and Dora are told so; to Dora with Ann's name behind the first word.
fn both(word: &str, rest: &str) -> Told {
    vec![
        ("ann@example.org".into(), format!("{word}{rest}")),
        ("dora@example.org".into(), format!("{word} for Ann{rest}")),
    ]
}

fn ends(end: DateTime<Utc>) -> Told {
    both("Ends", &end.format(" %a %-d %b %Y, %H:%M UTC: Group vault").to_string())
}

impl Cast {
    /// Stops the database's clock at this moment.
    async fn at(&self, moment: DateTime<Utc>) {
        let clock = format!(
            "create or replace function clock() returns timestamptz language sql volatile as 'select timestamptz ''{}'''",
            moment.to_rfc3339()
        );
        self.world.sql(&clock).await;
    }

    /// Ann is eligible from now on for so long.
    async fn lasting(&self, length: TimeDelta) -> (AssignmentId, DateTime<Utc>) {
        let now = self.world.now().await;
        let id = self.world.assign(self.ann, self.target, Kind::Eligible, Span::lasting(now, length)).await;
        (id, now + length)
    }

    /// What the worker's round tells of; a mail is told of here once.
    async fn round(&self) -> Told {
        sweep(&self.world.engine).await.unwrap();
        mail::once(&self.world.engine, true).await.unwrap();
        let taken = "delete from mails where state = 'kept' returning address, subject";
        let mut told: Told = sqlx::query_as(taken).fetch_all(&self.world.engine.pool).await.unwrap();
        told.sort();
        told
    }

    /// Reminders are made and wait for the mail server.
    async fn made(&self) -> i64 {
        mail::remind::remind(&self.world.engine).await.unwrap();
        mail::expand::expand(&self.world.engine).await.unwrap();
        self.are("waiting").await
    }

    /// Why mails were not sent.
    async fn unsaid(&self) -> Vec<String> {
        let moot = "delete from mails where state = 'moot' returning problem";
        sqlx::query_scalar(moot).fetch_all(&self.world.engine.pool).await.unwrap()
    }

    /// Dora gives it another end.
    async fn moves(&self, assignment: AssignmentId, end: Option<DateTime<Utc>>) {
        let input = update_assignment::Input {
            at: Place::group("vault"),
            assignment,
            start: None,
            end,
            reason: "Another rota".into(),
            code: self.world.first_code(self.dora).await,
            key: key(),
        };
        let ctx = self.world.ctx(self.dora).await;
        update_assignment(&self.world.engine, &ctx, input).await.unwrap();
        self.world.sql("delete from notices where kind = 'assignment-changed'").await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_is_told_fourteen_days_before_a_day_before_and_when_it_comes(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (_, end) = cast.lasting(days(30)).await;
    let said = [
        (days(30), vec![]),
        (days(14) + MINUTE, vec![]),
        (days(14), ends(end)),
        (days(14), vec![]),
        (days(14) - MINUTE, vec![]),
        (days(1) + MINUTE, vec![]),
        (days(1), ends(end)),
        (days(1) - MINUTE, vec![]),
        (MINUTE, vec![]),
        (days(0), both("Ended", ": Group vault")),
        (-MINUTE, vec![]),
        (days(-20), vec![]),
    ];
    for (before, told) in said {
        cast.at(end - before).await;
        assert_eq!(cast.round().await, told, "{before} before the end");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn reminders_missed_while_no_worker_ran_come_late_and_not_after_the_end(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (_, end) = cast.lasting(days(30)).await;
    cast.at(end - days(3)).await;
    assert_eq!(cast.round().await, ends(end), "eleven days late");
    cast.at(end + days(3)).await;
    assert_eq!(cast.made().await, 0, "nothing ends tomorrow that is over");
    assert_eq!(cast.round().await, both("Ended", ": Group vault"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_lasts_too_short_is_not_told_of_within_a_day_of_being_assigned(pool: PgPool) {
    let (cast, now) = empty(&pool).await;
    let lengths = [
        (days(1), false, false),
        (days(2) - MINUTE, false, false),
        (days(2), false, true),
        (days(14), false, true),
        (days(15), false, true),
        (days(15) + MINUTE, true, true),
        (days(28), true, true),
    ];
    for (turn, (length, soon, tomorrow)) in lengths.into_iter().enumerate() {
        let person = cast.world.person(&format!("P{turn}")).await;
        cast.at(now).await;
        let span = Span::lasting(now, length);
        let id = cast.world.assign(person, cast.target, Kind::Eligible, span).await;
        for before in [length, days(14), days(1), MINUTE] {
            cast.at(now.max(now + length - before)).await;
            mail::remind::remind(&cast.world.engine).await.unwrap();
        }
        let made = "select kind, at from notices where assignment_id = $1 order by at";
        let made: Vec<(String, DateTime<Utc>)> =
            sqlx::query_as(made).bind(id.0).fetch_all(&pool).await.unwrap();
        let has = |kind: &str| made.iter().any(|(made, _)| made == kind);
        let found = (has("assignment-ends-soon"), has("assignment-ends-tomorrow"));
        assert_eq!(found, (soon, tomorrow), "of what lasts {length}");
        assert!(made.iter().all(|(_, at)| *at - now >= days(1)), "{length}: {made:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_new_end_is_told_of_anew(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (id, end) = cast.lasting(days(30)).await;
    cast.at(end - days(14)).await;
    assert_eq!(cast.round().await, ends(end));
    let later = end + days(3);
    cast.moves(id, Some(later)).await;
    assert_eq!(cast.round().await, vec![]);
    cast.at(later - days(14) - MINUTE).await;
    assert_eq!(cast.round().await, vec![]);
    cast.at(later - days(14)).await;
    assert_eq!(cast.round().await, ends(later));
    // earlier, and within 14 days as well
    let sooner = later - days(4);
    cast.moves(id, Some(sooner)).await;
    assert_eq!(cast.round().await, ends(sooner));
    cast.at(sooner - days(1)).await;
    assert_eq!(cast.round().await, ends(sooner));
    cast.at(sooner).await;
    assert_eq!(cast.round().await, both("Ended", ": Group vault"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_that_is_moved_far_away_before_its_mail_left_is_not_told_of(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let mut policy = open_policy();
    policy.eligible.permanent = true;
    cast.world.policy(cast.target, policy).await;
    let (id, end) = cast.lasting(days(30)).await;
    cast.at(end - days(14)).await;
    assert_eq!(cast.made().await, 2);
    let later = end + days(60);
    cast.moves(id, Some(later)).await;
    assert_eq!(cast.round().await, vec![]);
    assert_eq!(cast.unsaid().await, ["Its end was moved."; 2]);
    cast.at(later - days(1)).await;
    assert_eq!(cast.made().await, 2);
    cast.moves(id, None).await;
    assert_eq!(cast.round().await, vec![]);
    assert_eq!(cast.unsaid().await, ["It has no end any more."; 2]);
    cast.at(later).await;
    assert_eq!(cast.round().await, vec![]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_taken_away_before_the_mail_left_does_not_end_soon_nor_later(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (id, end) = cast.lasting(days(30)).await;
    cast.at(end - days(14)).await;
    assert_eq!(cast.made().await, 2);
    let input = remove_assignment::Input {
        at: Place::group("vault"),
        assignments: vec![id],
        reason: "Left the rota".into(),
        successor: None,
        code: String::new(),
        key: key(),
    };
    remove_assignment(&cast.world.engine, &cast.world.ctx(cast.dora).await, input).await.unwrap();
    let removed = vec![("ann@example.org".to_owned(), "Removed: Group vault".to_owned())];
    assert_eq!(cast.round().await, removed);
    assert_eq!(cast.unsaid().await, ["It has ended."; 2]);
    for before in [days(1), days(0), days(-1)] {
        cast.at(end - before).await;
        assert_eq!(cast.round().await, vec![], "{before} before the end that it had");
    }
}

/// Whether Ann hears of the end of what she has, 14 days before, a day before, and then.
async fn hears(cast: &Cast, end: DateTime<Utc>) -> [bool; 3] {
    let mut heard = [false; 3];
    for (heard, before) in heard.iter_mut().zip([days(14), days(1), days(0)]) {
        cast.at(end - before).await;
        *heard = cast.round().await.iter().any(|(to, _)| to == "ann@example.org");
    }
    heard
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_is_told_of_an_end_behind_which_the_same_access_goes_on(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (_, end) = cast.lasting(days(30)).await;
    cast.world.assign(cast.ann, cast.target, Kind::Eligible, Span::lasting(end, days(40))).await;
    assert_eq!(hears(&cast, end).await, [false; 3]);
    assert_eq!(cast.unsaid().await, ["The access goes on."; 6], "three times, neither to Ann nor to Dora");
    assert_eq!(hears(&cast, end + days(40)).await, [true; 3], "of what comes behind");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_end_is_told_of_where_what_goes_on_is_later_or_other_access(pool: PgPool) {
    let (cast, _) = empty(&pool).await;
    let (_, end) = cast.lasting(days(30)).await;
    let group = sqlx::query_scalar("select group_id from targets where id = $1").bind(cast.target.0);
    let group = domain::ids::GroupId(group.fetch_one(&pool).await.unwrap());
    let owner = cast.world.target(group, Access::Owner).await;
    let span = Span::lasting(end - days(30), days(90));
    cast.world.assign(cast.ann, owner, Kind::Eligible, span).await;
    cast.world.assign(cast.ann, cast.target, Kind::Active, span).await;
    let gap = Span::lasting(end + MINUTE, days(40));
    cast.world.assign(cast.ann, cast.target, Kind::Eligible, gap).await;
    assert_eq!(hears(&cast, end).await, [true; 3]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_activation_that_outlasts_the_assignment_goes_on_behind_its_end(pool: PgPool) {
    let (cast, now) = empty(&pool).await;
    cast.world.policy(cast.target, open_policy()).await;
    cast.world.assign(cast.ann, cast.target, Kind::Eligible, Span::permanent(now)).await;
    let end = now + days(30);
    cast.world.assign(cast.ann, cast.target, Kind::Active, Span { start: now, end: Some(end) }).await;
    for before in [days(14), days(1)] {
        cast.at(end - before).await;
        assert_eq!(cast.round().await.len(), 2, "nothing goes on as yet");
    }
    // nobody activates what is on anyway; it may have begun before
    cast.at(end - TimeDelta::minutes(30)).await;
    sqlx::query(
        "insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, eligibility_id, reason) \
         select gen_random_uuid(), target_id, principal_id, 'active', 'activated', $1, $2, id, '' from assignments where kind = 'eligible'",
    )
    .bind(end - TimeDelta::minutes(30))
    .bind(end + TimeDelta::minutes(30))
    .execute(&pool)
    .await
    .unwrap();
    cast.at(end).await;
    assert!(cast.round().await.is_empty());
    assert_eq!(cast.unsaid().await, ["The access goes on."; 2]);
    cast.at(end + TimeDelta::minutes(30)).await;
    assert_eq!(cast.round().await, vec![("ann@example.org".into(), "Over: Group vault".into())]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_last_owner_who_is_kept_and_administrators_hear_of_it_each_day(pool: PgPool) {
    let (cast, now) = empty(&pool).await;
    cast.world.role(cast.cleo, Role::GlobalAdministrator).await;
    let crown = cast.world.group_with("crown", true, true).await;
    let owner = cast.world.target(crown, Access::Owner).await;
    let end = now + days(30);
    cast.world.assign(cast.ann, owner, Kind::Active, Span { start: now, end: Some(end) }).await;
    let kept: Told = ["ann", "cleo"]
        .map(|who| {
            (format!("{who}@example.org"), "Needs you: last holder of ownership of Group crown".to_owned())
        })
        .to_vec();
    cast.at(end - days(14)).await;
    assert_eq!(cast.round().await.len(), 1, "that it ends soon");
    for (days_on, minutes, told) in [(-1, -1, &vec![]), (-1, 0, &kept), (0, -1, &vec![]), (0, 0, &kept)] {
        cast.at(end + days(days_on) + TimeDelta::minutes(minutes)).await;
        assert_eq!(&cast.round().await, told, "{days_on} days and {minutes} min after the end");
        assert_eq!(&cast.round().await, &vec![]);
    }
    // somebody else holds it too: now it ends when it was to end last
    cast.world.standing(cast.dora, owner).await;
    cast.at(end + days(1) - MINUTE).await;
    assert_eq!(cast.round().await, vec![]);
    cast.at(end + days(1)).await;
    let ends = (end + days(2)).format("Ends %a %-d %b %Y, %H:%M UTC: ownership of Group crown").to_string();
    let told = cast.round().await;
    assert!(told.contains(&("ann@example.org".into(), ends)), "{told:?}");
    cast.at(end + days(2)).await;
    let told = cast.round().await;
    assert!(told.contains(&("ann@example.org".into(), "Ended: ownership of Group crown".into())), "{told:?}");
}

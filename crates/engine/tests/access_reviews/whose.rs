//! Whose an assignment is to decide, and how much is left for whom.

use super::*;
use crate::support::statements;
use engine::access_review::Bench;
use engine::access_review::tally::{Tally, tally, with_items_left};
use engine::ask::access_review_board::access_review_board;
use engine::ask::access_review_sheet::{access_review_inbox, access_review_sheet};
use engine::ask::frame;

impl Cast {
    async fn frame(&self, who: PersonId) -> (i64, bool) {
        let ctx = self.world.ctx(who).await;
        let mut conn = self.world.engine.pool.acquire().await.unwrap();
        let (frame, sent) = statements(frame::load(&mut conn, &ctx)).await;
        assert_eq!(sent, 1, "statements");
        let frame = frame.unwrap();
        (frame.reviews, frame.may.reviews)
    }

    /// Fay's team is in the vault too.
    async fn team(&self) {
        let team = self.world.group("team").await;
        self.world.eligible(self.fay, self.world.target(team, Access::Member).await).await;
        self.world.standing(team, self.world.target(self.group, Access::Member).await).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_side_bar_costs_one_statement_and_keeps_its_entry_until_the_end(pool: PgPool) {
    let cast = cast(&pool).await;
    assert_eq!(cast.frame(cast.olga).await, (0, false));
    cast.planned(cast.plan()).await.unwrap();
    assert_eq!(cast.frame(cast.olga).await, (1, true));
    assert_eq!(cast.frame(cast.fay).await, (0, true), "she may have to take over");
    assert_eq!(cast.frame(cast.ann).await, (0, false));
    for of in [cast.ann, cast.ben] {
        cast.says(cast.olga, of, Decision::Approve, "").await.unwrap();
    }
    assert_eq!(cast.frame(cast.olga).await, (0, true), "what is left is her own");
    cast.world.sql("update assignments set ends_at = clock() where principal_id = (select id from users where user_name = 'olga')").await;
    assert_eq!(cast.frame(cast.olga).await, (0, true), "she can still look at what she said");
    cast.world.move_clock(TimeDelta::days(15)).await;
    assert_eq!(cast.frame(cast.olga).await, (0, false));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_asked_about_herself_finds_it_in_the_side_bar(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { reviewers: Reviewers::Oneself, ..Plan::default() }).await.unwrap();
    assert_eq!(cast.frame(cast.ann).await, (1, true));
    assert_eq!(cast.frame(cast.fay).await, (0, false));
    cast.says(cast.ann, cast.ann, Decision::Approve, "").await.unwrap();
    assert_eq!(cast.frame(cast.ann).await, (0, true));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_counted_is_what_the_rule_says_of_each(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.team().await;
    for plan in [cast.plan(), Plan { reviewers: Reviewers::Oneself, ..Plan::default() }] {
        cast.planned(plan).await.unwrap();
        let round = cast.round().await;
        let by = if round.plan.reviewers == Reviewers::Oneself { cast.ann } else { cast.olga };
        for half in [true, false] {
            let mut conn = pool.acquire().await.unwrap();
            let items = access_reviews::items(&mut conn, round.id()).await.unwrap();
            assert_eq!(items.len(), 4);
            let bench = Bench::of(&mut conn, &round, &items).await.unwrap();
            let everybody = with_items_left(&mut conn, &round).await.unwrap();
            for who in [cast.olga, cast.ann, cast.ben, cast.fay] {
                let hers = items.iter().filter(|item| bench.may(who, item) || item.decided_by == Some(who.0));
                let left = items.iter().filter(|item| item.is_left() && bench.may(who, item)).count();
                let (all, left) = (i64::try_from(hers.count()).unwrap(), i64::try_from(left).unwrap());
                assert_eq!(tally(&mut conn, &round, who).await.unwrap(), Tally { all, left });
                assert_eq!(everybody.contains(&who), left > 0);
            }
            if half {
                cast.says(by, cast.ann, Decision::Approve, "").await.unwrap();
            }
        }
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn where_each_answers_for_herself_nobody_reads_what_others_are_asked(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { reviewers: Reviewers::Oneself, ..Plan::default() }).await.unwrap();
    let round = cast.round().await;
    let mut conn = pool.acquire().await.unwrap();
    let near = access_reviews::items_near(&mut conn, &round, cast.ann).await.unwrap();
    assert_eq!(near.iter().map(|item| item.principal_id).collect::<Vec<_>>(), [cast.ann.0]);
    let (found, sent) = statements(tally(&mut conn, &round, cast.ann)).await;
    assert_eq!((found.unwrap(), sent), (Tally { all: 1, left: 1 }, 2));
    let ctx = cast.world.ctx(cast.ann).await;
    let sheet = access_review_sheet(&cast.world.engine, &ctx, round.number, "").await.unwrap();
    assert_eq!((sheet.all, sheet.lines.len()), (1, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_runs_stands_above_what_is_over(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.planned(Plan { every: Every::Month, days: 10, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ben, Decision::Approve, "").await.unwrap();
    cast.world.move_clock(TimeDelta::days(32)).await;
    sweep(&cast.world.engine).await.unwrap();
    let ctx = cast.world.ctx(cast.olga).await;
    let found = access_review_inbox(&cast.world.engine, &ctx).await.unwrap();
    let short: Vec<_> = found.iter().map(|mine| (mine.open, mine.left)).collect();
    assert_eq!(short, [(true, 1), (false, 0)], "Ben; Ann's time is over");
}

#[sqlx::test(migrations = "../../migrations")]
async fn being_in_the_group_makes_nobody_a_reviewer_whatever_it_owns(pool: PgPool) {
    let cast = cast(&pool).await;
    let board = cast.world.group("board").await;
    cast.world.standing(cast.group, cast.world.target(board, Access::Member).await).await;
    cast.world.standing(board, cast.world.target(cast.group, Access::Owner).await).await;
    cast.planned(cast.plan()).await.unwrap();
    assert_eq!(codes(cast.says(cast.ben, cast.ann, Decision::Approve, "").await), [Code::NotFound]);
    cast.says(cast.olga, cast.ann, Decision::Approve, "").await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_is_disabled_can_not_answer_for_herself(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { reviewers: Reviewers::Oneself, ..Plan::default() }).await.unwrap();
    cast.world.sql("update users set enabled = false where user_name = 'ben'").await;
    let ctx = cast.world.ctx(cast.olga).await;
    let board = access_review_board(&cast.world.engine, &ctx, ("vault", number), None, "").await.unwrap();
    let shown = board.shown.unwrap();
    assert_eq!((shown.nobody, shown.efforts.len()), (1, 2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_board_says_how_many_would_go(pool: PgPool) {
    let cast = cast(&pool).await;
    let number = cast.planned(Plan { undecided: Undecided::Remove, ..cast.plan() }).await.unwrap();
    cast.says(cast.olga, cast.ann, Decision::Deny, "Left the rota").await.unwrap();
    cast.says(cast.olga, cast.ben, Decision::Approve, "").await.unwrap();
    let ctx = cast.world.ctx(cast.olga).await;
    let board = access_review_board(&cast.world.engine, &ctx, ("vault", number), None, "").await.unwrap();
    assert_eq!(board.shown.unwrap().going, 2, "Ann, and Olga on whom nobody decided");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_only_one_named_needs_a_fallback_where_she_is_reviewed_herself(pool: PgPool) {
    let cast = cast(&pool).await;
    let named = |person| Plan {
        reviewers: Reviewers::Named,
        named: vec![Approver::Person(person)],
        ..Plan::default()
    };
    assert_eq!(codes(cast.planned(named(cast.ben)).await), [Code::Missing]);
    cast.planned(Plan { fallback: vec![Approver::Person(cast.fay)], ..named(cast.ben) }).await.unwrap();
    cast.planned(named(cast.fay)).await.unwrap();
}

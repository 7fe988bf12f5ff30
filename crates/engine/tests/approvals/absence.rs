//! Approvers who are away, and who stands in for them.

use crate::support::*;
use engine::act::end_absence::end_absence;
use engine::act::save_absence::{Input, save_absence};
use engine::ask::approvals::{Show, Standing, approval, approvals};
use engine::mail::expand::expand;

/// Ben is one of the two approvers, and Dana stands in for him for a week.
async fn away(pool: &PgPool, needed: u8) -> (Cast, PersonId) {
    let cast = cast(pool, needed).await;
    let dana = cast.world.person("Dana").await;
    cast.away(cast.ben, Some(dana)).await;
    (cast, dana)
}

impl Cast {
    pub(super) async fn away(&self, person: PersonId, delegate: Option<PersonId>) {
        sqlx::query(
            "insert into absences (person_id, until, delegate_id) values ($1, clock() + interval '7 days', $2) \
             on conflict (person_id) do update set delegate_id = excluded.delegate_id",
        )
        .bind(person.0)
        .bind(delegate.map(|delegate| delegate.0))
        .execute(&self.world.engine.pool)
        .await
        .unwrap();
    }

    async fn says(&self, person: PersonId, days: i64, delegate: &str, code: &str) -> Vec<Code> {
        let until = self.world.now().await + TimeDelta::days(days);
        let input = Input { until, delegate: delegate.into(), code: code.into() };
        match save_absence(&self.world.engine, &self.world.ctx(person).await, input).await {
            Ok(()) => Vec::new(),
            Err(error) => error.refusals().iter().map(|refusal| refusal.code).collect(),
        }
    }

    /// Ann asks and takes it back: who gets a mail that asks her to decide.
    async fn asked(&self) -> Vec<String> {
        let request = self.ask().await;
        expand(&self.world.engine).await.unwrap();
        let asked = sqlx::query_scalar(
            "select u.display_name from mails m join notices n on n.id = m.notice_id join users u on u.id = m.person_id \
             where n.request_id = $1 and m.reader = 'approver' order by 1",
        )
        .bind(request.0)
        .fetch_all(&self.world.engine.pool)
        .await
        .unwrap();
        cancel(&self.world.engine, &self.world.ctx(self.ann).await, request, "").await.unwrap();
        asked
    }

    /// For whom the last mail that asked this one to decide was written, as it reads now.
    async fn told(&self, name: &str) -> String {
        let request = self.ask().await;
        engine::mail::once(&self.world.engine, true).await.unwrap();
        let text: String = sqlx::query_scalar(
            "select m.body from mails m join notices n on n.id = m.notice_id join users u on u.id = m.person_id \
             where n.request_id = $1 and m.reader = 'approver' and u.display_name = $2",
        )
        .bind(request.0)
        .bind(name)
        .fetch_one(&self.world.engine.pool)
        .await
        .unwrap();
        cancel(&self.world.engine, &self.world.ctx(self.ann).await, request, "").await.unwrap();
        text.lines().find(|line| line.starts_with("You stand in for")).unwrap_or_default().into()
    }

    /// How many wait for her by the side bar, and by the inbox.
    async fn can_decide(&self, person: PersonId) -> (usize, usize) {
        let ctx = self.world.ctx(person).await;
        let inbox = approvals(&self.world.engine, &ctx, Show::Waiting, None).await.unwrap();
        let hers = inbox.waiting.iter().filter(|card| card.standing == Standing::Decide);
        (inbox.frame.waiting, hers.count())
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_stands_in_sees_and_decides_it_and_it_is_written_for_whom(pool: PgPool) {
    let (cast, dana) = away(&pool, 1).await;
    let request = cast.ask().await;
    assert_eq!(cast.can_decide(dana).await, (1, 1));
    assert_eq!(cast.can_decide(cast.ben).await, (1, 1), "his say stays");
    let ctx = cast.world.ctx(dana).await;
    let inbox = approvals(&cast.world.engine, &ctx, Show::Waiting, None).await.unwrap();
    let card = approval(&cast.world.engine, &ctx, inbox.waiting[0].number).await.unwrap().card;
    assert_eq!(card.instead_of.map(|who| who.name).as_deref(), Some("Ben"));
    assert_eq!(card.away[0].stand_in.as_ref().unwrap().name, "Dana");
    assert_eq!(cast.approve(dana, request).await, Ok(Tally::Approved));
    assert!(cast.is_on().await);
    let written: i64 = sqlx::query_scalar(
        "select count(*) from audit_events where action = 'request-approved' and actor_id = $1 \
           and (facts ->> 'instead_of')::uuid = $2",
    )
    .bind(dana.0)
    .bind(cast.ben.0)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(written, 1);
    assert_eq!(cast.can_decide(dana).await, (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_05_one_who_is_away_and_one_who_stands_in_count_once(pool: PgPool) {
    let (cast, dana) = away(&pool, 2).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(dana, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }));
    assert_eq!(cast.approve(cast.ben, request).await, Err(Code::AlreadyVoted));
    assert_eq!(cast.can_decide(cast.ben).await, (0, 0), "it was decided for him");
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn i_05_the_other_way_round_as_well(pool: PgPool) {
    let (cast, dana) = away(&pool, 2).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }));
    assert_eq!(cast.can_decide(dana).await, (0, 0));
    assert_eq!(cast.approve(dana, request).await, Err(Code::AlreadyVoted));
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_is_back_or_gone_has_nobody_who_stands_in(pool: PgPool) {
    let (cast, dana) = away(&pool, 1).await;
    let request = cast.ask().await;
    for (over, again) in [
        (
            "update absences set from_at = clock() - interval '2 days', until = clock()",
            "update absences set until = clock() + interval '7 days'",
        ),
        (
            "update absences set from_at = clock() + interval '1 day'",
            "update absences set from_at = clock() - interval '1 day'",
        ),
        ("update users set enabled = false where display_name = 'Ben'", "update users set enabled = true"),
    ] {
        cast.world.sql(over).await;
        assert_eq!(cast.approve(dana, request).await, Err(Code::NotFound), "{over}");
        assert_eq!(cast.can_decide(dana).await, (0, 0), "{over}");
        cast.world.sql(again).await;
    }
    assert_eq!(cast.approve(dana, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_stands_in_for_somebody_in_a_group_counts_as_she_does(pool: PgPool) {
    let (cast, dana) = away(&pool, 1).await;
    let rota = cast.world.group("rota").await;
    let rota_member = cast.world.target(rota, Access::Member).await;
    cast.world.standing(cast.ben, rota_member).await;
    cast.named(vec![Approver::Group(rota)], 1).await;
    let request = cast.ask().await;
    assert_eq!(cast.can_decide(dana).await, (1, 1));
    assert_eq!(cast.approve(dana, request).await, Ok(Tally::Approved));
    // not for who stands in for her in turn
    cast.away(dana, Some(cast.cleo)).await;
    assert_eq!(cast.can_decide(cast.cleo).await, (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_who_stands_in_for_who_asks_approves_nothing_of_hers(pool: PgPool) {
    let (cast, dana) = away(&pool, 1).await;
    cast.named(vec![Approver::Person(cast.ann), Approver::Person(cast.ben), Approver::Person(cast.cleo)], 1)
        .await;
    cast.away(cast.ann, Some(cast.cleo)).await;
    cast.away(cast.ben, Some(cast.ann)).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(cast.ann, request).await, Err(Code::OwnRequest), "not in the place of another");
    assert_eq!(cast.approve(cast.cleo, request).await, Err(Code::StandsIn), "though named");
    assert_eq!(cast.approve(dana, request).await, Err(Code::NotFound));
    cast.away(cast.cleo, Some(dana)).await;
    assert_eq!(cast.approve(dana, request).await, Err(Code::StandsIn), "nor in her place");
    assert_eq!(cast.events("request-voted", "refused").await, 4);
    assert!(!cast.is_on().await);
    cast.world.sql("delete from absences").await;
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Approved));
}

#[sqlx::test(migrations = "../../migrations")]
async fn mail_goes_to_who_stands_in_and_never_to_nobody(pool: PgPool) {
    let (cast, _) = away(&pool, 1).await;
    cast.world.sql("update users set mail = lower(display_name) || '@example.org'").await;
    assert_eq!(cast.asked().await, ["Cleo", "Dana"]);
    assert_eq!(cast.told("Dana").await, "You stand in for: Ben (ben)");
    assert_eq!(cast.told("Cleo").await, "");
    cast.away(cast.ben, None).await;
    assert_eq!(cast.asked().await, ["Cleo"]);
    cast.away(cast.cleo, None).await;
    assert_eq!(cast.asked().await, ["Ben", "Cleo"], "rather those who are away than nobody");
    cast.away(cast.cleo, Some(cast.ann)).await;
    assert_eq!(cast.asked().await, ["Ben", "Cleo"], "who asks is no help");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_stand_in_who_was_disabled_approved_counts_no_longer(pool: PgPool) {
    let (cast, dana) = away(&pool, 2).await;
    let request = cast.ask().await;
    assert_eq!(cast.approve(dana, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }));
    cast.world.sql("update users set enabled = false where display_name = 'Dana'").await;
    assert_eq!(cast.approve(cast.cleo, request).await, Ok(Tally::Waiting { have: 1, needed: 2 }), "I-09");
    assert_eq!(cast.can_decide(cast.ben).await, (1, 1));
    assert_eq!(cast.approve(cast.ben, request).await, Ok(Tally::Approved), "and keeps him from nothing");
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_10_being_away_lets_others_decide_and_needs_a_code(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let dana = cast.world.person("Dana").await;
    let name: String = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(dana.0)
        .fetch_one(&cast.world.engine.pool)
        .await
        .unwrap();
    let without = cast.says(cast.ben, 7, "", "").await;
    assert_eq!(without.len(), 1, "others may be asked because of it: {without:?}");
    assert_eq!(cast.says(cast.ben, 0, "", "").await, [Code::EndBeforeStart, without[0]]);
    assert_eq!(cast.says(cast.ben, 181, "", "").await, [Code::BadValue, without[0]]);
    let told = cast.says(cast.ben, 7, "nobody.here", "").await;
    assert_eq!(told, cast.says(cast.ben, 7, &name, "").await, "no word about who is here without a code");
    assert_eq!(told.len(), 1);
    assert_eq!(cast.events("absence-saved", "refused").await, 5);
    assert_eq!(cast.world.count("select count(*) from absences").await, 0);

    cast.world.factor(cast.ben).await;
    let code = cast.world.code(cast.ben).await;
    assert!(cast.says(cast.ben, 7, "", &code).await.is_empty());
    let code = cast.world.code(cast.ben).await;
    assert_eq!(
        cast.says(cast.ben, 0, "nobody.here", &code).await,
        [Code::EndBeforeStart, Code::PrincipalUnfit]
    );
    let code = cast.world.code(cast.ben).await;
    cast.world.factor(dana).await;
    let own = cast.world.code(dana).await;
    assert_eq!(cast.says(dana, 7, &name, &own).await, [Code::BadValue], "herself");
    assert!(cast.says(cast.ben, 9, &name.to_uppercase(), &code).await.is_empty());
    assert_eq!(cast.world.count("select count(*) from stand_ins").await, 1);
    let ctx = cast.world.ctx(cast.ben).await;
    end_absence(&cast.world.engine, &ctx).await.unwrap();
    end_absence(&cast.world.engine, &ctx).await.unwrap();
    assert_eq!(cast.world.count("select count(*) from stand_ins").await, 0);
    assert_eq!(cast.events("absence-saved", "done").await + cast.events("absence-ended", "done").await, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn c12_what_only_stand_ins_of_who_asks_could_approve_is_refused_at_once(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.named(vec![Approver::Person(cast.cleo)], 1).await;
    cast.away(cast.ann, Some(cast.cleo)).await;
    let refused = cast.ask_for(60, None).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::NoApprover);
    assert!(refused.refusals()[0].text.to_string().starts_with("Who could approve this stands in for you"));
    let ctx = cast.world.ctx(cast.ann).await;
    let page = engine::ask::my_access::load(&cast.world.engine, &ctx).await.unwrap();
    assert_eq!(page.eligible[0].obstacles[0].code, Code::NoApprover, "said before she asks");
    // another one is enough, and pages name nobody whose approval does not count
    cast.named(vec![Approver::Person(cast.cleo), Approver::Person(cast.ben)], 1).await;
    cast.ask().await;
    let page = engine::ask::request_page::load(&cast.world.engine, &ctx, 10_001).await.unwrap();
    assert_eq!(page.deciders.iter().map(|who| who.name.as_str()).collect::<Vec<_>>(), ["Ben"]);
    let cleo = cast.world.ctx(cast.cleo).await;
    assert!(
        engine::ask::request_page::load(&cast.world.engine, &cleo, 10_001).await.is_ok(),
        "she can deny it"
    );
}

//! Activations by day, who and what is busiest, waits, refusals.

use crate::stage::*;
use domain::approval::Verdict;
use domain::refusal::Code;
use engine::act::decide::{Decision, decide};
use engine::act::extend::{Extend, extend};
use engine::act::sweep::sweep;
use engine::ask::insights::activity::Busiest;
use engine::ask::my_access;

#[sqlx::test(migrations = "../../migrations")]
async fn an_activation_falls_on_its_day_in_the_readers_zone(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.eligible(stage.ben, stage.target, 200).await;
    for (person, at) in [
        (stage.ann, "2026-03-05T22:20:00Z"),
        // midnight in Berlin is 23:00 UTC
        (stage.ann, "2026-03-05T23:00:00Z"),
        (stage.ann, "2026-03-10T22:59:30Z"),
        (stage.ben, "2026-03-10T23:00:00Z"),
        (stage.ben, "2026-03-12T10:00:00Z"),
    ] {
        stage.on(person, stage.target, at).await;
    }
    stage.world.sql("update users set time_zone = 'Europe/Berlin' where user_name in ('olga', 'rita')").await;
    for report in [stage.of_group(over(Period::Week)).await, stage.of_all(over(Period::Week)).await] {
        assert_eq!(report.activations, [1, 0, 0, 0, 1, 1, 1]);
        assert_eq!((report.days[0].date.to_string().as_str(), report.activated()), ("2026-03-06", 4));
    }
    stage.world.sql("update users set time_zone = 'UTC'").await;
    assert_eq!(stage.of_all(over(Period::Week)).await.activations, [0, 0, 0, 0, 2, 0, 1]);
    stage.world.sql("update users set time_zone = 'America/Los_Angeles'").await;
    let west = stage.of_group(over(Period::Week)).await;
    // it is four in the morning there, and clocks were put forward on the 8th
    assert_eq!(
        (west.activations, west.days[6].date.to_string().as_str()),
        (vec![0, 0, 0, 0, 2, 0, 1], "2026-03-12")
    );
    assert_eq!(stage.of_all(over(Period::Month)).await.activated(), 5);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_extension_continues_an_activation_and_is_none_of_its_own(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.on(stage.ann, stage.target, "2026-03-12T09:00:00Z").await;
    let ctx = stage.world.ctx(stage.ann).await;
    let assignment = my_access::load(&stage.world.engine, &ctx).await.expect("page").on[0].assignment;
    let answers = Answers { length: Some(Minutes(60)), ..Answers::default() };
    let more = Extend { assignment, answers, code: String::new(), key: key() };
    extend(&stage.world.engine, &ctx, more).await.expect("extension");
    assert_eq!(stage.of_all(over(Period::Week)).await.activated(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_busiest_stand_first_with_how_often_and_when_last(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let other = stage.world.group("other").await;
    let other = stage.world.target(other, Access::Member).await;
    stage.world.policy(other, open_policy()).await;
    for (person, target) in [(stage.ann, stage.target), (stage.ben, stage.target), (stage.ben, other)] {
        stage.eligible(person, target, 200).await;
    }
    stage.on(stage.ann, stage.target, "2026-03-01T09:00:00Z").await;
    for day in 2..5 {
        stage.on(stage.ben, stage.target, &format!("2026-03-0{day}T09:00:00Z")).await;
    }
    stage.on(stage.ben, other, "2026-03-05T09:00:00Z").await;
    let Busiest::Things(things) = stage.of_all(Asked::default()).await.busiest else { panic!("people") };
    let seen: Vec<_> = things.iter().map(|row| (row.thing.key.as_str(), row.times, row.deleted)).collect();
    assert_eq!(seen, [("db", 4, false), ("other", 1, false)]);
    let Busiest::People(people) = stage.of_group(Asked::default()).await.busiest else { panic!("things") };
    let seen: Vec<_> = people.iter().map(|row| (row.who.name.as_str(), row.times)).collect();
    assert_eq!(seen, [("Ben", 3), ("Ann", 1)]);
    assert_eq!(people[0].last.date_naive().to_string(), "2026-03-04");
}

async fn answer(stage: &Stage, asked: Activated, minutes: i64, verdict: Verdict, at: &str) {
    // half a minute more: the clock went on between asking and answering
    let after = TimeDelta::minutes(minutes) + TimeDelta::seconds(30);
    to(&stage.world, &(moment(at) + after).to_rfc3339()).await;
    let decision = Decision {
        request: asked.request,
        verdict,
        reason: "Not today".into(),
        seen: stage.world.seen(asked.request).await,
        cues: Vec::new(),
    };
    let ctx = stage.world.ctx(stage.olga).await;
    let done = decide(&stage.world.engine, &ctx, &[decision], "").await.expect("decision");
    done[0].result.clone().expect("recorded");
}

#[sqlx::test(migrations = "../../migrations")]
async fn waits_are_from_asking_to_the_answer_and_lapses_are_none(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    stage.world.policy(stage.target, approved_by(&[stage.olga], 1)).await;
    for (at, minutes, verdict) in [
        ("2026-03-02T08:00:00Z", 5, Verdict::Approve),
        ("2026-03-03T08:00:00Z", 7, Verdict::Deny),
        ("2026-03-04T08:00:00Z", 61, Verdict::Approve),
        ("2026-03-10T08:00:00Z", 0, Verdict::Approve),
    ] {
        let asked = stage.on(stage.ann, stage.target, at).await;
        answer(&stage, asked, minutes, verdict, at).await;
    }
    stage.on(stage.ann, stage.target, "2026-03-10T12:00:00Z").await;
    to(&stage.world, "2026-03-11T12:00:01Z").await;
    sweep(&stage.world.engine).await.expect("sweep");
    for report in [stage.of_group(Asked::default()).await, stage.of_all(Asked::default()).await] {
        let weeks = report.weeks();
        let of = |first: &str| {
            weeks.iter().find(|(week, _)| week.first.to_string() == first).expect("week").1.clone()
        };
        let (earlier, this) = (of("2026-03-02"), of("2026-03-09"));
        assert_eq!((earlier.waits.median(), earlier.waits.ninth_tenth()), (Some(7), Some(61)));
        assert_eq!((earlier.approved, earlier.denied, earlier.lapsed), (2, 1, 0));
        // one value, and a lapse that is no wait
        assert_eq!((this.waits.median(), this.waits.ninth_tenth()), (Some(0), Some(0)));
        assert_eq!((this.approved, this.denied, this.lapsed), (1, 0, 1));
        let all = report.answered();
        assert_eq!((all.waits.count(), all.waits.median(), all.lapsed), (4, Some(5), 1));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn refusals_are_counted_by_reason_where_they_concern_access(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.eligible(stage.ann, stage.target, 200).await;
    let mut policy = open_policy();
    policy.activation.justification.required = true;
    policy.activation.justification.min_length = 5;
    stage.world.policy(stage.target, policy).await;
    let refuse = async |at: &str, minutes: u32| {
        to(&stage.world, at).await;
        let answers = Answers { length: Some(Minutes(minutes)), ..Answers::default() };
        let input = Activate { target: stage.target, answers, code: String::new(), key: key() };
        let ctx = stage.world.ctx(stage.ann).await;
        activate(&stage.world.engine, &ctx, input).await.expect_err("refused");
    };
    refuse("2026-03-10T08:00:00Z", 30).await;
    refuse("2026-03-10T09:00:00Z", 60 * 24 * 20).await;
    refuse("2026-01-01T08:00:00Z", 30).await;
    stage.world.sql("insert into audit_events (action, outcome, facts) values ('sign-in-refused', 'refused', '{\"refused\": [{\"code\": \"sign-in-failed\"}]}')").await;
    for report in [stage.of_group(over(Period::Week)).await, stage.of_all(over(Period::Week)).await] {
        let seen: Vec<_> =
            report.refusals.iter().map(|reason| (reason.code.as_str(), reason.times)).collect();
        assert_eq!(seen, [(Code::JustificationMissing.wire(), 2), (Code::TooLong.wire(), 1)]);
        assert_eq!(report.refusals[1].words(), "Longer than the policy allows");
    }
    // a reason of a later version, and facts that are none
    let target = stage.target.0;
    stage.world.sql(&format!("insert into audit_events (action, outcome, target_id, facts) values ('activation-requested', 'refused', '{target}', '{{\"refused\": [{{\"code\": \"full-moon\"}}]}}'), ('activation-requested', 'refused', '{target}', '{{\"refused\": \"?\"}}')")).await;
    let report = stage.of_all(over(Period::Week)).await;
    assert_eq!(report.refusals.last().map(|reason| (reason.words(), reason.times)).unwrap().1, 1);
    assert!(report.refusals.iter().any(|reason| reason.words() == "full-moon"));
}

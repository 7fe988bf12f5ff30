//! Many at once: five hundred activations end in one minute, while three servers work and the mail server fails half the time.

use super::*;
use engine::act::sweep::sweep;
use engine::testkit::open_policy;

const PEOPLE: usize = 500;

#[sqlx::test(migrations = "../../migrations")]
async fn five_hundred_ends_in_one_minute_reach_everybody_once(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--refuse", "5"]));
    let world = &cast.world;
    world.policy(cast.target, open_policy()).await;
    for number in 0..PEOPLE {
        let person = world.person(&format!("P{number}")).await;
        world.eligible(person, cast.target).await;
        let answers =
            Answers { length: Some(Minutes(60)), reason: "The billing run".into(), ..Answers::default() };
        let form = Activate { target: cast.target, answers, code: String::new(), key: key() };
        activate(&world.engine, &world.ctx(person).await, form).await.unwrap();
    }
    world
        .sql("update users set mail = user_name || '@example.org'; delete from mails; delete from notices")
        .await;
    let spread = "select extract(epoch from max(ends_at) - min(ends_at))::bigint from assignments where origin = 'activated'";
    let spread: i64 = sqlx::query_scalar(spread).fetch_one(&pool).await.unwrap();
    world.move_clock(TimeDelta::minutes(61) + TimeDelta::seconds(spread)).await;

    let servers = [(); 3].map(|()| wire(&world.engine, &smtp.server()));
    let (a, b, c) = tokio::join!(sweep(&servers[0]), sweep(&servers[1]), sweep(&servers[2]));
    a.and(b).and(c).unwrap();
    for round in 1..=12 {
        let work = servers.each_ref().map(|server| mail::once(server, false));
        let [a, b, c] = work;
        let (a, b, c) = tokio::join!(a, b, c);
        a.and(b).and(c).unwrap();
        world.move_clock(TimeDelta::hours(19 * round)).await;
    }
    let taken = smtp.taken(PEOPLE).await;
    assert_eq!(cast.are("waiting").await + cast.are("failed").await, 0);
    let all = addressees(&taken);
    let mut once = all.clone();
    once.dedup();
    assert_eq!((all.len(), once.len()), (PEOPLE, PEOPLE), "one mail for each person and end");
    assert!(
        taken.iter().all(|mail| mail.header("Subject").starts_with("Over: ")),
        "{}",
        taken[0].header("Subject")
    );
}

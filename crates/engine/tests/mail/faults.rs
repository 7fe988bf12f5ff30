//! Mail servers that are slow, end in the middle, or take a mail and never say so: nothing is lost, nothing else waits, and what
//! comes twice is recognised by its id.

use super::*;
use engine::Engine;
use engine::act::sweep::sweep;
use engine::mail::post::CONNECTIONS;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many people, each of whom is told something of their own account: mails that never come together.
pub(super) async fn tell(cast: &Cast, people: std::ops::Range<usize>) {
    for number in people {
        let person = cast.world.person(&format!("Told {number}")).await;
        let set = "update users set mail = user_name || '@example.org' where id = $1";
        sqlx::query(set).bind(person.0).execute(&cast.world.engine.pool).await.unwrap();
        let notice = "insert into notices (kind, principal_id) values ('password-set', $1)";
        sqlx::query(notice).bind(person.0).execute(&cast.world.engine.pool).await.unwrap();
    }
    mail::expand::expand(&cast.world.engine).await.unwrap();
}

/// The ids of the mails that each address got.
pub(super) fn ids(taken: &[Taken]) -> BTreeMap<&str, Vec<&str>> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mail in taken {
        ids.entry(&mail.to[0]).or_default().push(mail.header("Message-ID"));
    }
    ids
}

/// How many mails came again. Fails unless each was the same mail for whoever got it.
pub(super) fn again(taken: &[Taken]) -> usize {
    let ids = ids(taken);
    for (address, ids) in &ids {
        assert!(ids.iter().all(|id| *id == ids[0]), "{address} got {ids:?}");
    }
    taken.len() - ids.len()
}

/// Works off what is due in a task of its own.
fn posting(engine: &Engine) -> tokio::task::JoinHandle<()> {
    let engine = engine.clone();
    tokio::spawn(async move { mail::once(&engine, false).await.unwrap() })
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_slow_mail_server_holds_up_no_sweep_and_is_sent_each_mail_once(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--slow", "1"]));
    let request = cast.asks("The billing run hangs").await;
    cast.decides(cast.ben, request, Verdict::Approve, "").await;
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    cast.world.sql("delete from notices").await;
    tell(&cast, 0..16).await;
    let servers = [(); 2].map(|()| wire(&cast.world.engine, &smtp.server()));
    let slow = posting(&servers[0]);
    smtp.taken(1).await;
    // meanwhile the end of Ann's access is written down, and another server tells her
    assert_eq!(sweep(&servers[0]).await.unwrap().ends, 1);
    mail::once(&servers[1], false).await.unwrap();
    assert!(!slow.is_finished(), "nobody waited for what is under way");
    slow.await.unwrap();
    let taken = smtp.taken(17).await;
    assert_eq!((taken.len(), again(&taken)), (17, 0));
    assert_eq!(
        cast.world.count("select count(*) from mails where state = 'sent' and attempts = 1").await,
        17
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_waits_behind_slow_mails_until_its_lease_is_over_is_sent_by_one_server_only(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--slow", "1"]));
    tell(&cast, 0..20).await;
    let servers = [(); 2].map(|()| wire(&cast.world.engine, &smtp.server()));
    let slow = posting(&servers[0]);
    // each second is two minutes: one mail takes less than its lease, all of them take longer
    let begun = Instant::now();
    while !slow.is_finished() {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let ahead = TimeDelta::from_std(begun.elapsed() * 120).unwrap();
        cast.world.move_clock(ahead).await;
        if ahead > TimeDelta::minutes(5) {
            mail::once(&servers[1], false).await.unwrap();
        }
    }
    slow.await.unwrap();
    let taken = smtp.taken(20).await;
    assert_eq!((ids(&taken).len(), again(&taken)), (20, 0));
    let twice = "select count(*) from mails where state = 'sent' and attempts = 2";
    assert!(cast.world.count(twice).await > 0, "the second server had something to do");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mail_that_is_cut_off_in_the_middle_comes_once_and_whole(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--cut", "3"]));
    tell(&cast, 0..5).await;
    cast.post(&smtp).await;
    assert_eq!((cast.are("sent").await, cast.are("waiting").await), (2, 3));
    cast.world.move_clock(TimeDelta::minutes(2)).await;
    cast.post(&smtp).await;
    assert_eq!(cast.are("sent").await, 5);
    let taken = smtp.taken(5).await;
    assert_eq!((taken.len(), again(&taken)), (5, 0));
    assert!(taken.iter().all(|mail| mail.text.contains("Replies to this mail are not read.")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mail_whose_answer_got_lost_comes_again_as_the_same_mail(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--lose", "2"]));
    tell(&cast, 0..4).await;
    cast.post(&smtp).await;
    assert_eq!((cast.are("sent").await, cast.are("waiting").await), (2, 2));
    cast.world.move_clock(TimeDelta::minutes(2)).await;
    cast.post(&smtp).await;
    assert_eq!(cast.are("sent").await, 4);
    let taken = smtp.taken(6).await;
    assert_eq!((taken.len(), again(&taken)), (6, 2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_together_and_whose_answer_got_lost_comes_again_as_the_same_mail(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.sql("update users set mail = null where display_name <> 'Ben'").await;
    crowd(&cast, 0..20).await;
    cast.post(&Smtp::start(&[])).await;
    crowd(&cast, 20..23).await;
    let smtp = Smtp::start(&["--lose", "1"]);
    cast.post(&smtp).await;
    assert_eq!(cast.are("waiting").await, 3);
    // something else to tell of must neither change that mail nor be left out
    crowd(&cast, 23..25).await;
    for minutes in [2, 8] {
        cast.world.move_clock(TimeDelta::minutes(minutes)).await;
        cast.post(&smtp).await;
    }
    let taken = smtp.taken(3).await;
    let subjects: Vec<&str> = taken.iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects, ["3 things to know", "3 things to know", "2 things to know"]);
    let ids: Vec<&str> = taken.iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{ids:?}");
    assert_eq!(taken[0].text, taken[1].text);
    assert_eq!(cast.are("waiting").await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_mail_server_that_is_killed_in_the_middle_and_comes_back_gets_everything(pool: PgPool) {
    let (cast, mut smtp) = (cast(&pool).await, Smtp::start(&["--slow", "0.1"]));
    tell(&cast, 0..60).await;
    let engine = wire(&cast.world.engine, &smtp.server());
    let work = posting(&engine);
    smtp.taken(15).await;
    smtp.kill();
    work.await.unwrap();
    let left = cast.are("waiting").await;
    // of those that were taken some were not answered
    assert!((1..=45 + i64::from(CONNECTIONS)).contains(&left), "{left} are left");
    smtp.again(&[]);
    for minutes in [2, 5] {
        cast.world.move_clock(TimeDelta::minutes(minutes)).await;
        mail::once(&engine, false).await.unwrap();
    }
    assert_eq!(cast.are("sent").await, 60);
    let taken = smtp.taken(60).await;
    assert_eq!(ids(&taken).len(), 60);
    // those whose answer was under way
    assert!(again(&taken) <= CONNECTIONS as usize);
}

#[sqlx::test(migrations = "../../migrations")]
async fn tls_from_the_first_byte_is_used_and_what_cannot_be_trusted_gets_nothing(pool: PgPool) {
    let (cast, smtp, open) = (cast(&pool).await, Smtp::wrapped(), Smtp::start(&[]));
    tell(&cast, 0..2).await;
    let right = smtp.server();
    let unknown = Server { authority: None, ..right.clone() };
    let another = Server { host: "127.0.0.1".into(), ..right.clone() };
    let clear = Server { port: open.server().port, ..right.clone() };
    for (turn, (server, problem)) in
        [(unknown, "certificate"), (another, "certificate"), (clear, "")].into_iter().enumerate()
    {
        cast.world.move_clock(TimeDelta::minutes(20 * i64::try_from(turn).unwrap())).await;
        mail::once(&wire(&cast.world.engine, &server), false).await.unwrap();
        assert_eq!(cast.are("waiting").await, 2);
        let said = "select problem from mails where state = 'waiting' and attempts = $1";
        let said: Vec<String> =
            sqlx::query_scalar(said).bind(i32::try_from(turn + 1).unwrap()).fetch_all(&pool).await.unwrap();
        assert_eq!(said.len(), 2);
        assert!(
            said.iter().all(|said| !said.is_empty() && said.to_lowercase().contains(problem)),
            "{said:?}"
        );
    }
    cast.world.move_clock(TimeDelta::minutes(80)).await;
    cast.post(&smtp).await;
    let taken = smtp.taken(2).await;
    assert!(taken.len() == 2 && taken.iter().all(|mail| mail.tls));
    assert!(open.taken(0).await.is_empty());
}

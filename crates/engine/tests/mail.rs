//! Mail: who hears, once, at a real mail server; what holds when it leaves; what happens when the server fails.

#![cfg(test)]

#[path = "mail/choices.rs"]
mod choices;
#[path = "mail/faults.rs"]
mod faults;
#[path = "mail/kills.rs"]
mod kills;
#[path = "mail/minute.rs"]
mod minute;
mod peers;
#[path = "mail/reminders.rs"]
mod reminders;

use chrono::TimeDelta;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::ids::{PersonId, RequestId, TargetId};
use domain::policy::evaluate::Answers;
use domain::policy::notifications::{Moment, Reader};
use domain::refusal::Code;
use domain::role::Role;
use domain::target::Access;
use engine::act::activate::{Activate, activate};
use engine::act::cancel::cancel;
use engine::act::decide::{Decision, decide};
use engine::act::request_for::{RequestFor, request_for};
use engine::act::{choose_mail, resend_mail, switch_mail, test_mail};
use engine::ask::mails::{self, Show};
use engine::ask::thing::Pick;
use engine::mail;
use engine::mail::post::Server;
use engine::testkit::hostile::one_of_each;
use engine::testkit::{World, approved_by, key};
use peers::{Smtp, Taken, wire};
use sqlx::PgPool;

struct Cast {
    world: World,
    ann: PersonId,
    ben: PersonId,
    cleo: PersonId,
    dora: PersonId,
    target: TargetId,
}

/// Ann is eligible; Ben and Cleo approve, one is enough; Dora owns the group for good. Everybody has an address.
async fn cast(pool: &PgPool) -> Cast {
    let world = World::new(pool);
    let (ann, ben, cleo) = (world.person("Ann").await, world.person("Ben").await, world.person("Cleo").await);
    let dora = world.person("Dora").await;
    world.sql("update users set mail = user_name || '@example.org'").await;
    world.factor(ann).await;
    let group = world.group("vault").await;
    let target = world.target(group, Access::Member).await;
    world.policy(target, approved_by(&[ben, cleo], 1)).await;
    world.eligible(ann, target).await;
    world.standing(dora, world.target(group, Access::Owner).await).await;
    world.sql("delete from mails; delete from notices").await;
    Cast { world, ann, ben, cleo, dora, target }
}

impl Cast {
    /// Ann asks for an hour.
    async fn asks(&self, reason: &str) -> RequestId {
        let answers = Answers { length: Some(Minutes(60)), reason: reason.into(), ..Answers::default() };
        let code = self.world.code(self.ann).await;
        let form = Activate { target: self.target, answers, code, key: key() };
        activate(&self.world.engine, &self.world.ctx(self.ann).await, form).await.unwrap().request
    }

    async fn decides(&self, who: PersonId, request: RequestId, verdict: Verdict, reason: &str) {
        let seen = self.world.seen(request).await;
        let decision = Decision { request, verdict, reason: reason.into(), seen, cues: Vec::new() };
        let ctx = self.world.ctx(who).await;
        let decided = decide(&self.world.engine, &ctx, &[decision], "").await.unwrap();
        assert!(decided[0].result.is_ok(), "{decided:?}");
    }

    /// Works off what is due, by an engine with this mail server.
    async fn post(&self, smtp: &Smtp) {
        mail::once(&wire(&self.world.engine, &smtp.server()), true).await.unwrap();
    }

    /// How many mails are in this state.
    async fn are(&self, state: &str) -> i64 {
        let count = sqlx::query_scalar("select count(*) from mails where state = $1").bind(state);
        count.fetch_one(&self.world.engine.pool).await.unwrap()
    }
}

fn addressees(taken: &[Taken]) -> Vec<&str> {
    let mut all: Vec<&str> = taken.iter().flat_map(|mail| &mail.to).map(String::as_str).collect();
    all.sort_unstable();
    all
}

#[sqlx::test(migrations = "../../migrations")]
async fn approvers_hear_at_once_and_the_requester_hears_the_outcome(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    let request = cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    let asked = smtp.taken(2).await;
    assert_eq!(addressees(&asked), ["ben@example.org", "cleo@example.org"]);
    assert_eq!(asked[0].header("Subject"), "Ann asks for Group vault, 1 h");
    assert_eq!(asked[0].header("Auto-Submitted"), "auto-generated");
    assert!(asked[0].text.contains("> The billing run hangs"), "{}", asked[0].text);
    assert!(asked[0].text.contains("http://localhost:8080/approvals/R-10001"), "{}", asked[0].text);

    cast.decides(cast.ben, request, Verdict::Approve, "").await;
    cast.post(&smtp).await;
    let told = &smtp.taken(5).await[2..];
    // Ben decided himself; the owner hears that it is on
    assert_eq!(addressees(told), ["ann@example.org", "cleo@example.org", "dora@example.org"]);
    let ann = told.iter().find(|mail| mail.to == ["ann@example.org"]).unwrap();
    assert_eq!(ann.header("Subject"), "Approved: Group vault");
    assert_eq!(ann.header("References"), asked[0].header("References"), "one thread");
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(5).await.len(), 5, "nothing twice");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_question_that_was_answered_before_its_mail_left_is_not_asked(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    let request = cast.asks("The billing run hangs").await;
    mail::expand::expand(&cast.world.engine).await.unwrap();
    cast.decides(cast.ben, request, Verdict::Deny, "Not today").await;
    cast.post(&smtp).await;
    let taken = smtp.taken(2).await;
    assert_eq!(addressees(&taken), ["ann@example.org", "cleo@example.org"]);
    let mut subjects: Vec<&str> = taken.iter().map(|mail| mail.header("Subject")).collect();
    subjects.sort_unstable_by_key(|subject| subject.len());
    assert_eq!(subjects, ["Denied: Group vault", "Denied for Ann: Group vault"], "to others with her name");
    assert!(taken[0].text.contains("> Not today"));
    assert_eq!(cast.are("moot").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn three_servers_and_a_mail_server_that_fails_half_the_time_send_everything_once(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&["--refuse", "5"]));
    let world = &cast.world;
    for number in 0..50 {
        let person = world.person(&format!("Watcher {number}")).await;
        world.role(person, Role::GlobalAdministrator).await;
    }
    world
        .sql("update users set mail = replace(user_name, ' ', '.') || '@example.org'; delete from notices")
        .await;
    // one loud event: all fifty hear of it, and the owner
    world
        .sql(
            "insert into notices (kind, principal_id, target_id) select 'glass-broken', u.id, t.id from users u, things t \
             where u.user_name = 'ann' and t.key = 'vault' and t.kind = 'member'",
        )
        .await;
    let servers = [(); 3].map(|()| wire(&world.engine, &smtp.server()));
    for round in 0..12 {
        let (a, b, c) = tokio::join!(
            mail::once(&servers[0], false),
            mail::once(&servers[1], false),
            mail::once(&servers[2], false)
        );
        a.and(b).and(c).unwrap();
        world.move_clock(TimeDelta::hours(19 * (round + 1))).await;
    }
    let taken = smtp.taken(52).await;
    assert_eq!(cast.are("waiting").await + cast.are("failed").await, 0);
    let all = addressees(&taken);
    let mut once = all.clone();
    once.dedup();
    assert_eq!((all.len(), once.len()), (52, 52), "fifty administrators, the owner and Ann, each once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_dead_server_loses_nothing_and_a_mailbox_that_does_not_exist_is_given_up(pool: PgPool) {
    let cast = cast(&pool).await;
    let dead = Smtp::start(&[]).server();
    cast.asks("The billing run hangs").await;
    mail::once(&wire(&cast.world.engine, &dead), false).await.unwrap();
    assert_eq!(cast.are("waiting").await, 2);
    cast.world.move_clock(TimeDelta::minutes(2)).await;
    let smtp = Smtp::start(&["--never", "ben@example.org"]);
    cast.post(&smtp).await;
    assert_eq!(addressees(&smtp.taken(1).await), ["cleo@example.org"]);
    assert_eq!(cast.are("failed").await, 1);

    // an administrator sees it, and has it tried again
    cast.world.role(cast.cleo, Role::GlobalAdministrator).await;
    let admin = cast.world.ctx(cast.cleo).await;
    let outlook = mails::outlook(&cast.world.engine, &admin, Show::Failed, None).await.unwrap();
    let [given_up] = &outlook.page.rows[..] else { panic!("{outlook:?}") };
    assert!(given_up.problem.contains("no such mailbox"), "{given_up:?}");
    let ann = cast.world.ctx(cast.ann).await;
    assert!(resend_mail::resend_mail(&cast.world.engine, &ann, given_up.id).await.is_err());
    resend_mail::resend_mail(&cast.world.engine, &admin, given_up.id).await.unwrap();
    cast.post(&Smtp::start(&[])).await;
    assert_eq!((cast.are("failed").await, cast.are("waiting").await), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_server_that_stopped_in_between_holds_nothing_up_and_writes_nothing_late(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.asks("The billing run hangs").await;
    mail::expand::expand(&cast.world.engine).await.unwrap();
    // taken by a server that was killed
    let taken = "update mails set lease = gen_random_uuid(), leased_until = clock() + interval '5 minutes'";
    cast.world.sql(taken).await;
    let smtp = Smtp::start(&[]);
    cast.post(&smtp).await;
    assert_eq!(cast.are("waiting").await, 2, "somebody may still be at it");
    cast.world.move_clock(TimeDelta::minutes(6)).await;
    cast.post(&smtp).await;
    assert_eq!(cast.are("sent").await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_kill_switch_holds_everything_back_with_a_reason_and_lets_it_go_again(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.world.role(cast.cleo, Role::GlobalAdministrator).await;
    let (engine, admin) = (&cast.world.engine, cast.world.ctx(cast.cleo).await);
    let unreasoned = switch_mail::switch_mail(engine, &admin, false, " ").await.unwrap_err();
    assert_eq!(unreasoned.refusals()[0].code, Code::JustificationMissing);
    switch_mail::switch_mail(engine, &admin, false, "A loop in the list server").await.unwrap();
    cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    assert_eq!(cast.are("waiting").await, 2);
    let outlook = mails::outlook(engine, &admin, Show::All, None).await.unwrap();
    assert_eq!(outlook.stopped.unwrap().reason, "A loop in the list server");
    switch_mail::switch_mail(engine, &admin, true, "").await.unwrap();
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(2).await.len(), 2);
    let written = "select count(*) from audit_events where action in ('mail-stopped', 'mail-started')";
    assert_eq!(cast.world.count(written).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn starttls_and_login_are_used_and_nothing_goes_out_without_them(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::guarded("pimento", "open sesame"));
    cast.asks("The billing run hangs").await;
    let stranger = Server { authority: None, ..smtp.server() };
    mail::once(&wire(&cast.world.engine, &stranger), false).await.unwrap();
    let wrong = Server { login: Some(("pimento".into(), "guess".to_owned().into())), ..smtp.server() };
    cast.world.move_clock(TimeDelta::minutes(2)).await;
    mail::once(&wire(&cast.world.engine, &wrong), false).await.unwrap();
    assert_eq!(cast.are("waiting").await, 2, "a wrong certificate or password is mended by the operator");
    cast.world.move_clock(TimeDelta::minutes(10)).await;
    cast.post(&smtp).await;
    let taken = smtp.taken(2).await;
    assert_eq!(taken.len(), 2);
    assert!(taken.iter().all(|mail| mail.tls && mail.login));
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_mail_server_mails_are_kept_and_read_here_by_their_person_alone(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.asks("The billing run hangs").await;
    let engine = &cast.world.engine;
    mail::once(engine, false).await.unwrap();
    let ben = cast.world.ctx(cast.ben).await;
    let own = mails::own(engine, &ben, None).await.unwrap();
    let [row] = &own.rows[..] else { panic!("{own:?}") };
    assert_eq!((&*row.state, &*row.subject), ("kept", "Ann asks for Group vault, 1 h"));
    let mail = mails::own_one(engine, &ben, row.id).await.unwrap();
    assert!(mail.body.contains("/approvals/R-10001"));
    let ann = cast.world.ctx(cast.ann).await;
    assert!(mails::own_one(engine, &ann, row.id).await.is_err());
    assert!(mails::outlook(engine, &ann, Show::All, None).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_matrix_of_the_policy_decides_who_hears(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    let mut policy = approved_by(&[cast.ben, cast.cleo], 1);
    let cell = policy.notifications.cell_mut(Moment::Activation, Reader::Approver);
    cell.default_recipients = false;
    cell.additional = vec!["desk@example.org".into(), "BEN@example.org".into()];
    cast.world.policy(cast.target, policy).await;
    cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    assert_eq!(addressees(&smtp.taken(2).await), ["BEN@example.org", "desk@example.org"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_ends_is_said_before_once_and_not_when_something_else_covers_it(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    let request = cast.asks("The billing run hangs").await;
    cast.decides(cast.ben, request, Verdict::Approve, "").await;
    cast.post(&smtp).await;
    let before = smtp.taken(3).await.len();
    cast.world.move_clock(TimeDelta::minutes(52)).await;
    cast.post(&smtp).await;
    cast.post(&smtp).await;
    let taken = smtp.taken(before + 1).await;
    assert_eq!(taken.len(), before + 1);
    assert_eq!(taken[before].header("Subject"), "Ends soon: Group vault");
    assert_eq!(taken[before].to, ["ann@example.org"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_test_button_sends_to_its_presser_and_says_what_the_server_says(pool: PgPool) {
    let cast = cast(&pool).await;
    cast.world.role(cast.cleo, Role::GlobalAdministrator).await;
    let admin = cast.world.ctx(cast.cleo).await;
    let smtp = Smtp::start(&[]);
    test_mail::test_mail(&wire(&cast.world.engine, &smtp.server()), &admin).await.unwrap();
    assert_eq!(addressees(&smtp.taken(1).await), ["cleo@example.org"]);
    let refusing = Smtp::start(&["--never", "cleo@example.org"]);
    let refused = test_mail::test_mail(&wire(&cast.world.engine, &refusing.server()), &admin).await;
    assert!(refused.unwrap_err().refusals()[0].text.to_string().contains("no such mailbox"));
}

/// SEC 6.7: what people write changes neither headers nor recipients, and adds no element.
#[sqlx::test(migrations = "../../migrations")]
async fn hostile_text_stays_text_in_every_part(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    for (turn, text) in one_of_each().iter().enumerate() {
        cast.world.sql("update users set display_name = 'Ann' where user_name = 'ann'").await;
        sqlx::query("update users set display_name = left($1, 200) where user_name = 'ann'")
            .bind(text)
            .execute(&cast.world.engine.pool)
            .await
            .unwrap();
        let request = cast.asks(&format!("reason {text} is long enough")).await;
        cast.post(&smtp).await;
        let taken = smtp.taken(2 * (turn + 1)).await;
        for mail in &taken[2 * turn..] {
            assert_eq!(mail.to.len(), 1);
            let names: Vec<&str> = mail.headers.iter().map(|(name, _)| name.as_str()).collect();
            assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{names:?}");
            assert!(
                !mail.header("Subject").contains(['\r', '\n', '\u{202e}']),
                "{text:?}: {:?}",
                mail.header("Subject")
            );
            for element in ["<img", "<script", "<b>", "<a href=\"http://evil"] {
                assert!(!mail.html.contains(element), "{element} in {}", mail.html);
            }
            assert_eq!(mail.html.matches("<a ").count(), 1);
        }
        let ann = cast.world.ctx(cast.ann).await;
        cancel(&cast.world.engine, &ann, request, "").await.unwrap();
        // a code is good once, and many mails in an hour come together
        let ahead = TimeDelta::minutes(10 * i64::try_from(turn + 1).unwrap());
        cast.world.move_clock(ahead).await;
    }
}

/// So many more people who are eligible, each with a request that waits for Ben and Cleo.
async fn crowd(cast: &Cast, people: std::ops::Range<usize>) -> Vec<RequestId> {
    let mut asked = Vec::new();
    for at in people {
        let person = cast.world.person(&format!("Crowd {at}")).await;
        cast.world.factor(person).await;
        cast.world.eligible(person, cast.target).await;
        let answers = Answers {
            length: Some(Minutes(60)),
            reason: "The billing run hangs".into(),
            ..Answers::default()
        };
        let code = cast.world.code(person).await;
        let form = Activate { target: cast.target, answers, code, key: key() };
        let done = activate(&cast.world.engine, &cast.world.ctx(person).await, form).await.unwrap();
        asked.push(done.request);
    }
    asked
}

#[sqlx::test(migrations = "../../migrations")]
async fn many_mails_for_one_address_come_together_and_her_own_account_does_not_wait(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.world.sql("update users set mail = null where display_name <> 'Ben'").await;
    crowd(&cast, 0..20).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(20).await.len(), 20, "one by one");
    let late = crowd(&cast, 20..23).await;
    let gone = late[1];
    cast.decides(cast.cleo, gone, Verdict::Deny, "Not today").await;
    let about = engine::audit::About { principal: Some(cast.ben.into()), ..Default::default() };
    let mut conn = pool.acquire().await.unwrap();
    let by = engine::ctx::By::system("test");
    engine::audit::done(&mut conn, &by, domain::audit::Event::PasswordSet, &about).await.unwrap();
    cast.post(&smtp).await;
    let taken = smtp.taken(22).await;
    let subjects: Vec<&str> = taken[20..].iter().map(|mail| mail.header("Subject")).collect();
    // the request that was denied meanwhile is told of as that
    assert_eq!(subjects, ["Your password was set", "3 things to know"]);
    let (text, html) = (&taken[21].text, &taken[21].html);
    assert!(
        text.contains("Crowd 20 asks for Group vault, 1 h\r\n  http://localhost:8080/approvals/R-"),
        "{text}"
    );
    assert!(text.contains("Denied for Crowd 21: Group vault") && html.contains("<li><a href="), "{text}");
    let own = mails::own(&cast.world.engine, &cast.world.ctx(cast.ben).await, None).await.unwrap();
    assert_eq!(
        own.rows.iter().filter(|row| row.state == "sent").count(),
        25,
        "each can be read by itself too"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_comes_together_comes_every_five_minutes_at_most_and_after_a_quiet_hour_one_by_one(
    pool: PgPool,
) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.world.sql("update users set mail = null where display_name <> 'Ben'").await;
    crowd(&cast, 0..24).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(21).await[20].header("Subject"), "4 things to know");
    cast.asks("One more").await;
    cast.post(&smtp).await;
    assert_eq!(cast.are("waiting").await, 1, "not yet");
    cast.world.move_clock(TimeDelta::minutes(6)).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(22).await[21].header("Subject"), "1 thing to know");
    // nobody is reminded of them
    cast.world.sql("update requests set status = 'Canceled', closed_at = clock()").await;
    cast.world.move_clock(TimeDelta::minutes(61)).await;
    crowd(&cast, 24..25).await;
    cast.post(&smtp).await;
    let last = smtp.taken(23).await;
    assert_eq!(last[22].header("Subject"), "Crowd 24 asks for Group vault, 1 h");
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_can_decide_is_reminded_with_growing_gaps_until_it_lapses(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    let mut before = smtp.taken(2).await.len();
    for (minutes, told) in [(30, 0), (61, 2), (200, 0), (241, 2), (700, 0), (721, 2), (1_435, 0), (1_441, 0)]
    {
        cast.world.move_clock(TimeDelta::minutes(minutes)).await;
        cast.post(&smtp).await;
        cast.post(&smtp).await;
        let taken = smtp.taken(before + told).await;
        assert_eq!(taken.len(), before + told, "after {minutes} min");
        for mail in &taken[before..] {
            assert_eq!(mail.header("Subject"), "Still waiting: Ann asks for Group vault");
        }
        before += told;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_is_reminded_who_has_decided_or_lost_her_say(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.world.policy(cast.target, approved_by(&[cast.ben, cast.cleo], 2)).await;
    let request = cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    cast.decides(cast.ben, request, Verdict::Approve, "").await;
    cast.world.move_clock(TimeDelta::minutes(62)).await;
    cast.post(&smtp).await;
    assert_eq!(addressees(&smtp.taken(3).await[2..]), ["cleo@example.org"], "Ben has decided");
    // made while she was an approver, and sent when she is not any more
    cast.world.move_clock(TimeDelta::hours(5)).await;
    mail::remind::remind(&cast.world.engine).await.unwrap();
    mail::expand::expand(&cast.world.engine).await.unwrap();
    assert_eq!(cast.are("waiting").await, 1);
    cast.world.policy(cast.target, approved_by(&[cast.ben], 1)).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(3).await.len(), 3);
    assert_eq!(cast.are("moot").await, 1);
    cast.world.move_clock(TimeDelta::hours(13)).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(3).await.len(), 3, "nobody is left to remind");
}

//! Mail on behalf of somebody, and what people turn off for themselves.

use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn for_whom_somebody_asks_hears_of_it_beside_those_who_decide(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    cast.world.factor(cast.dora).await;
    let answers =
        Answers { length: Some(Minutes(60)), reason: "Ann is on the phone".into(), ..Answers::default() };
    let code = cast.world.code(cast.dora).await;
    let pick = Pick::of("vault", Access::Member);
    let form = RequestFor { pick, principal: cast.ann, answers, code, key: key() };
    cast.world.sql("delete from notices").await;
    request_for(&cast.world.engine, &cast.world.ctx(cast.dora).await, form).await.unwrap();
    cast.post(&smtp).await;
    let taken = smtp.taken(3).await;
    assert_eq!(addressees(&taken), ["ann@example.org", "ben@example.org", "cleo@example.org"]);
    let ann = taken.iter().find(|mail| mail.to == ["ann@example.org"]).unwrap();
    assert_eq!(ann.header("Subject"), "Dora asks for Group vault for you");
    assert!(
        ann.text.contains("> Ann is on the phone") && ann.text.contains("/requests/R-10001"),
        "{}",
        ann.text
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_somebody_turned_off_does_not_come_and_what_needs_her_does(pool: PgPool) {
    let (cast, smtp) = (cast(&pool).await, Smtp::start(&[]));
    let engine = &cast.world.engine;
    choose_mail::choose_mail(engine, &cast.world.ctx(cast.ben).await, &[]).await.unwrap();
    let wanted = ["requests".to_owned()];
    choose_mail::choose_mail(engine, &cast.world.ctx(cast.ann).await, &wanted).await.unwrap();
    choose_mail::choose_mail(engine, &cast.world.ctx(cast.dora).await, &[]).await.unwrap();
    let request = cast.asks("The billing run hangs").await;
    cast.post(&smtp).await;
    assert_eq!(addressees(&smtp.taken(2).await), ["ben@example.org", "cleo@example.org"]);
    cast.decides(cast.cleo, request, Verdict::Approve, "").await;
    cast.post(&smtp).await;
    let told = &smtp.taken(3).await[2..];
    assert_eq!(addressees(told), ["ann@example.org"], "neither Ben of Cleo's answer nor Dora of her group");
    cast.world.move_clock(TimeDelta::minutes(52)).await;
    cast.post(&smtp).await;
    assert_eq!(smtp.taken(3).await.len(), 3, "not that it ends soon");

    let off = mails::off(engine, &cast.world.ctx(cast.ann).await).await.unwrap();
    assert_eq!(off.len(), 5);
    let all = domain::notice::choice::Choice::ALL.map(|choice| choice.wire().to_owned());
    choose_mail::choose_mail(engine, &cast.world.ctx(cast.ann).await, &all).await.unwrap();
    assert!(mails::off(engine, &cast.world.ctx(cast.ann).await).await.unwrap().is_empty());
    let account = ["account".to_owned()];
    let refused =
        choose_mail::choose_mail(engine, &cast.world.ctx(cast.ann).await, &account).await.unwrap_err();
    assert_eq!(refused.refusals()[0].code, Code::BadValue, "what always comes is no choice");
}

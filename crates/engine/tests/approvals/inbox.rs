//! What an approver reads before she decides.

use crate::statements::statements;
use crate::support::*;
use domain::risk::Level;
use engine::ask::approvals::{Show, Standing, approval, approvals, in_form};

#[sqlx::test(migrations = "../../migrations")]
async fn a_request_tells_who_asks_what_for_and_what_was_before(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let asked = cast.ask_for(90, None).await.unwrap();
    let ctx = cast.world.ctx(cast.ben).await;
    let inbox = approvals(&cast.world.engine, &ctx, Show::Waiting, None).await.unwrap();
    let [card] = inbox.waiting.as_slice() else { panic!("{}", inbox.waiting.len()) };
    assert_eq!((card.number, card.who.name.as_str(), card.length), (asked.number, "Ann", Minutes(90)));
    assert_eq!(card.standing, Standing::Decide);
    assert_eq!(card.seen, cast.world.seen(asked.request).await);
    assert_eq!((card.before.times, card.before.requests_ever), (0, 0));
    let names: Vec<&str> = card.deciders.iter().map(|who| who.name.as_str()).collect();
    assert_eq!(names, ["Ben", "Cleo"]);
    assert!(card.cues.iter().any(|cue| cue.text == "First request ever" && cue.level == Level::Alarm));
    assert_eq!(inbox.frame.waiting, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_that_looks_like_another_is_told(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    // the last letter is Cyrillic
    cast.world.person("Cleo Marchetti").await;
    let twin = cast.world.person("Cleo Marchett\u{456}").await;
    cast.world.eligible(twin, cast.target).await;
    let asks = Cast { ann: twin, ..cast.clone() };
    let number = asks.ask_for(60, None).await.unwrap().number;
    let found = approval(&cast.world.engine, &cast.world.ctx(cast.ben).await, number).await.unwrap();
    let said: Vec<&str> = found.card.cues.iter().map(|cue| cue.text.as_str()).collect();
    assert!(
        said.contains(&"Name looks like Cleo Marchetti (cleo.marchetti), a different person"),
        "{said:?}"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn ones_own_request_is_shown_without_a_choice_and_not_counted(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    cast.named([cast.ann, cast.ben].map(Approver::Person).to_vec(), 1).await;
    cast.ask().await;
    let ctx = cast.world.ctx(cast.ann).await;
    let inbox = approvals(&cast.world.engine, &ctx, Show::Waiting, None).await.unwrap();
    assert_eq!(inbox.waiting[0].standing, Standing::Own);
    assert_eq!(inbox.frame.waiting, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_others_decided_stays_for_a_day_and_then_only_among_the_decided(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let request = cast.ask().await;
    cast.approve(cast.cleo, request).await.unwrap();
    let ben = cast.world.ctx(cast.ben).await;
    let today = approvals(&cast.world.engine, &ben, Show::Waiting, None).await.unwrap();
    assert!(today.waiting.is_empty());
    let Standing::Closed { by: Some(by), .. } = &today.done[0].standing else { panic!("open") };
    assert_eq!(by.name, "Cleo");
    cast.world.move_clock(TimeDelta::hours(25)).await;
    let later = approvals(&cast.world.engine, &ben, Show::Waiting, None).await.unwrap();
    assert!(later.done.is_empty());
    let decided = approvals(&cast.world.engine, &ben, Show::Decided, None).await.unwrap();
    assert_eq!((decided.done.len(), decided.decided), (1, 1));
    let mine = approvals(&cast.world.engine, &ben, Show::Mine, None).await.unwrap();
    assert!(mine.done.is_empty());
    let hers =
        approvals(&cast.world.engine, &cast.world.ctx(cast.cleo).await, Show::Mine, None).await.unwrap();
    assert_eq!(hers.done.len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_old_link_shows_what_became_of_it(pool: PgPool) {
    let cast = cast(&pool, 2).await;
    let asked = cast.ask_for(60, None).await.unwrap();
    cast.approve(cast.ben, asked.request).await.unwrap();
    let (ben, engine) = (cast.world.ctx(cast.ben).await, &cast.world.engine);
    let voted = approval(engine, &ben, asked.number).await.unwrap().card;
    assert_eq!((voted.standing, voted.votes.len(), voted.needed), (Standing::Voted, 1, 2));
    cast.named(vec![Approver::Person(cast.cleo)], 1).await;
    cast.world.move_clock(TimeDelta::hours(25)).await;
    let lapsed = approval(engine, &ben, asked.number).await.unwrap().card.standing;
    assert!(matches!(lapsed, Standing::Closed { status: domain::activation::Status::TimedOut, .. }));
    let stranger = cast.world.person("Dora").await;
    assert!(approval(engine, &cast.world.ctx(stranger).await, asked.number).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_form_names_only_what_its_reader_may_see(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let number = cast.ask_for(60, None).await.unwrap().number;
    let stranger = cast.world.person("Dora").await;
    let found =
        in_form(&cast.world.engine, &cast.world.ctx(stranger).await, &[number, number + 7]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].card.is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_inbox_asks_as_few_questions_for_many_as_for_one(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let ctx = cast.world.ctx(cast.ben).await;
    let inbox = || approvals(&cast.world.engine, &ctx, Show::Waiting, None);
    cast.ask().await;
    let (_, for_one) = statements(inbox()).await;
    for name in ["Edda", "Finn", "Gita", "Hugo"] {
        let person = cast.world.person(name).await;
        cast.world.eligible(person, cast.target).await;
        Cast { ann: person, ..cast.clone() }.ask().await;
    }
    let (found, for_many) = statements(inbox()).await;
    assert_eq!(found.unwrap().waiting.len(), 5);
    assert_eq!(for_many, for_one);
    assert!(for_many <= 9, "{for_many}");
}

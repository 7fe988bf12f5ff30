//! When somebody usually starts, and how an approver learns that this time is another.

use crate::support::*;
use engine::ask::approvals::approval;

#[sqlx::test(migrations = "../../migrations")]
async fn a_start_outside_the_persons_usual_hours_is_told_in_her_own_zone(pool: PgPool) {
    let cast = cast(&pool, 1).await;
    let world = &cast.world;
    world.sql("update users set time_zone = 'Asia/Tokyo' where display_name = 'Ann'").await;
    world.policy(cast.target, open_policy()).await;
    // five days, at half past one UTC: half past ten on her wall
    let begin = world.now().await;
    let mut days = Vec::new();
    for day in 1..=5 {
        let morning = (begin + TimeDelta::days(day)).date_naive().and_hms_opt(1, 30, 0).unwrap().and_utc();
        days.push(morning - begin);
        world.move_clock(morning - begin).await;
        cast.ask_for(30, None).await.unwrap();
    }
    world.policy(cast.target, approved_by(&[cast.ben], 1)).await;
    let ben = world.ctx(cast.ben).await;
    for (hours, told) in [(1, false), (12, true)] {
        world.move_clock(days[4] + TimeDelta::hours(hours)).await;
        let asked = cast.ask_for(60, None).await.unwrap();
        let card = approval(&world.engine, &ben, asked.number).await.unwrap().card;
        let text = "Outside usual hours: 09:00 to 12:00 (Asia/Tokyo)";
        assert_eq!(card.cues.iter().any(|cue| cue.text == text), told, "{:?}", card.cues);
        cancel(&world.engine, &world.ctx(cast.ann).await, asked.request, "").await.unwrap();
    }
}

//! Answers that are lost, late or wrong.

use super::fake::{Fake, Fault, TOKEN};
use super::{Cast, cast, input};
use sqlx::PgPool;

async fn start(pool: &PgPool) -> (Fake, Cast) {
    let fake = Fake::start().await;
    let cast = cast(pool, &input(&fake.base(), TOKEN)).await;
    (fake, cast)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_answer_to_a_creation_makes_nobody_twice(pool: PgPool) {
    let (fake, cast) = start(&pool).await;
    cast.on(cast.ann).await;
    // two searches, then the creation
    for fault in [None, None, Some(Fault::Lost)] {
        fake.next(fault.unwrap_or(Fault::Slow(std::time::Duration::ZERO)));
    }
    cast.round().await;
    assert_eq!((fake.users().len(), fake.members("Group vault").len()), (1, 0));
    cast.rounds(1).await;
    assert_eq!((fake.users().len(), fake.members("Group vault").len()), (1, 1));
}

//! The audit proves itself: no gap whatever happens at once, the same bytes in PostgreSQL and in Rust, and every
//! tampering of what was anchored is found.

#![cfg(test)]

mod audit_chain {
    mod anchors;
    mod bytes;
    mod durable;
    mod export;
    mod hostile;
    mod sealing;
    mod spooled;
    mod stream;
    mod tampering;
    mod unwritable;
    mod worker;
    mod written;
}

#[path = "support/acceptor.rs"]
mod acceptor;
#[path = "support/certificates.rs"]
mod certificates;

mod support {
    pub use domain::audit::anchor::Anchor;
    pub use domain::audit::canonical::Hash;
    pub use domain::audit::chain::{Fault, Head, Link, Verifier, Wrong};
    pub use domain::duration::Minutes;
    pub use domain::ids::{PersonId, TargetId};
    pub use domain::policy::evaluate::Answers;
    pub use domain::target::Access;
    pub use engine::act::activate::{Activate, activate};
    pub use engine::audit::stored;
    pub use engine::audit::verify::{self, Failed, Proof};
    pub use engine::testkit::{World, key, open_policy};
    pub use sqlx::PgPool;

    /// Verifies the database.
    pub async fn verified(world: &World, anchors: Vec<Anchor>) -> Result<Proof, Fault> {
        let mut conn = world.engine.pool.acquire().await.unwrap();
        match verify::database(&mut conn, anchors, &[]).await {
            Ok(proof) => Ok(proof),
            Err(Failed::Fault(fault)) => Err(fault),
            Err(other) => panic!("{other}"),
        }
    }

    /// All links of the database.
    pub async fn links(world: &World) -> Vec<Link> {
        let mut conn = world.engine.pool.acquire().await.unwrap();
        stored::links(&mut conn, 0, i64::MAX).await.unwrap()
    }

    /// A form of one hour.
    pub fn form(target: TargetId) -> Activate {
        let answers = Answers { length: Some(Minutes::hours(1)), ..Answers::default() };
        Activate { target, answers, code: String::new(), key: key() }
    }
}

//! Two that meet at the same instant, and a handicap for whoever wins too often.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;

/// How often a race is run: 200 times (security.md section 7), or as often as `PIMENTO_ROUNDS` says.
#[expect(clippy::expect_used, reason = "a test that is told nonsense has failed")]
pub fn rounds() -> usize {
    std::env::var("PIMENTO_ROUNDS").map_or(200, |rounds| rounds.parse().expect("PIMENTO_ROUNDS is a number"))
}

/// Runs both at the same instant.
pub async fn together<A, B>(a: A, b: B) -> (A::Output, B::Output)
where
    A: Future + Send + 'static,
    B: Future + Send + 'static,
    A::Output: Send,
    B::Output: Send,
{
    Handicap::default().run(a, b).await
}

/// Who won the last rounds starts later, who lost them earlier: so the two meet again and again around the instant that
/// decides, and both orders come up on slow and on quick machines, whatever either of them does first.
#[derive(Default)]
pub struct Handicap {
    /// How much later the first of the two starts, in milliseconds; below zero, how much earlier.
    late: i64,
    /// How often the same one has won in a row; it doubles the next correction.
    streak: u32,
    first_won: Option<bool>,
    wins: [usize; 2],
}

impl Handicap {
    /// How long the first waits.
    pub fn first(&self) -> Duration {
        Duration::from_millis(self.late.max(0).unsigned_abs())
    }

    /// How long the second waits.
    pub fn second(&self) -> Duration {
        Duration::from_millis(self.late.min(0).unsigned_abs())
    }

    /// Sets both off.
    #[expect(clippy::expect_used, reason = "a race in which somebody falls has failed")]
    pub async fn run<A, B>(&self, a: A, b: B) -> (A::Output, B::Output)
    where
        A: Future + Send + 'static,
        B: Future + Send + 'static,
        A::Output: Send,
        B::Output: Send,
    {
        let barrier = Arc::new(Barrier::new(2));
        let a = tokio::spawn(after(Arc::clone(&barrier), self.first(), a));
        let b = tokio::spawn(after(barrier, self.second(), b));
        (a.await.expect("the first arrives"), b.await.expect("the second arrives"))
    }

    /// Notes who won and evens the next start.
    pub fn won(&mut self, first: bool) {
        self.streak = if self.first_won == Some(first) { self.streak + 1 } else { 0 };
        self.first_won = Some(first);
        self.wins[usize::from(!first)] += 1;
        let step = 1 << self.streak.min(5);
        self.late += if first { step } else { -step };
    }

    /// Makes sure that each won at least once.
    ///
    /// # Panics
    /// When only one order ever came up: such a race proves nothing about the other.
    pub fn both_orders(&self) {
        assert!(self.wins.iter().all(|wins| *wins > 0), "only one order came up: {:?}", self.wins);
    }
}

async fn after<F: Future>(barrier: Arc<Barrier>, wait: Duration, then: F) -> F::Output {
    barrier.wait().await;
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    then.await
}

//! Builders for tests of sign-in: passwords, authenticator apps, sessions, a clock that stands still.

use super::World;
use crate::factor::Checked;
use crate::throttle::Key;
use crate::{Engine, act, factor, hashing, pool, totp};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::PersonId;
use sqlx::postgres::PgPoolOptions;

/// A password that the rules like.
pub const PASSWORD: &str = "seven lamps under a green bridge";

#[expect(clippy::expect_used, reason = "a test whose world can't be built has failed")]
impl World {
    /// The same engine, with the rights of the running server and no more.
    pub fn restricted(&self) -> Engine {
        let pool = pool::restricted(PgPoolOptions::new())
            .max_connections(8)
            .connect_lazy_with((*self.engine.pool.connect_options()).clone());
        Engine { pool, ..self.engine.clone() }
    }

    /// Stops the database's clock at this time.
    pub async fn stop_clock(&self, at: DateTime<Utc>) {
        let clock = format!(
            "create or replace function clock() returns timestamptz language sql volatile \
             as 'select ''{}''::timestamptz'",
            at.to_rfc3339()
        );
        self.sql(&clock).await;
    }

    /// A person with [`PASSWORD`] and no second factor.
    pub async fn person_with_password(&self, name: &str) -> PersonId {
        let person = self.person(name).await;
        let hash = hashing::password(PASSWORD).await.expect("hash");
        let mut conn = self.engine.pool.acquire().await.expect("connection");
        crate::db::passwords::set(&mut conn, person, &hash).await.expect("password");
        person
    }

    /// A person with [`PASSWORD`] and an authenticator app, set up long enough ago for the present code to be good.
    pub async fn person_with_factor(&self, name: &str) -> PersonId {
        let person = self.person_with_password(name).await;
        self.enrol(person).await;
        person
    }

    /// Sets up an authenticator app; gives the recovery codes back.
    pub async fn enrol(&self, person: PersonId) -> Vec<String> {
        let offer = act::enrol_factor::begin(&self.engine, person).await.expect("offer");
        let code = totp::generator(&base32_bytes(&offer.key))
            .expect("secret")
            .generate(self.now().await.timestamp().unsigned_abs());
        let via = crate::ctx::Via::default();
        let enrolled = act::enrol_factor::first(&self.engine, &via, person, &offer.sealed, &code.to_string())
            .await
            .expect("enrolled");
        self.forget_steps(person).await;
        enrolled.codes
    }

    /// As if no code had been used for a while.
    pub async fn forget_steps(&self, person: PersonId) {
        sqlx::query("update totp_factors set last_step = 0 where user_id = $1")
            .bind(person.0)
            .execute(&self.engine.pool)
            .await
            .expect("steps");
    }

    /// The code that the person's app shows this long from now.
    pub async fn code_in(&self, person: PersonId, seconds: i64) -> String {
        let at = self.now().await + TimeDelta::seconds(seconds);
        let sealed: Vec<u8> = sqlx::query_scalar("select secret from totp_factors where user_id = $1")
            .bind(person.0)
            .fetch_one(&self.engine.pool)
            .await
            .expect("factor");
        let secret = totp::unseal(&self.engine.settings, person, &sealed).expect("unsealed");
        totp::generator(&secret).expect("secret").generate(at.timestamp().unsigned_abs()).to_string()
    }

    /// Checks a code in a transaction of its own.
    pub async fn check(&self, person: PersonId, code: &str) -> Checked {
        let mut tx = self.engine.begin().await.expect("begin");
        let checked = factor::check(&self.engine, &mut tx, person, code, Key::code(person, None))
            .await
            .expect("checked");
        tx.commit().await.expect("commit");
        checked
    }

    /// A session row as the server writes it.
    pub async fn session(&self, person: PersonId, hash: u8) {
        sqlx::query(
            "insert into sessions (id_hash, user_id, stage, data, expires_at, auth_at, mfa_at, mfa_method) \
             values ($1, $2, 'full', '{}', clock() + interval '12 hours', clock(), clock(), 'totp')",
        )
        .bind(vec![hash; 32])
        .bind(person.0)
        .execute(&self.engine.pool)
        .await
        .expect("session");
    }

    /// How many sessions a person has.
    pub async fn sessions(&self, person: PersonId) -> i64 {
        sqlx::query_scalar("select count(*) from sessions where user_id = $1")
            .bind(person.0)
            .fetch_one(&self.engine.pool)
            .await
            .expect("sessions")
    }

    /// How many events of a kind and outcome there are about a person.
    pub async fn events(&self, person: PersonId, action: &str, outcome: &str) -> i64 {
        sqlx::query_scalar(
            "select count(*) from audit_events where principal_id = $1 and action = $2 and outcome = $3",
        )
        .bind(person.0)
        .bind(action)
        .bind(outcome)
        .fetch_one(&self.engine.pool)
        .await
        .expect("events")
    }
}

/// Reads the key as an authenticator app does.
pub fn base32_bytes(key: &str) -> Vec<u8> {
    let (mut held, mut bits, mut bytes) = (0u32, 0u32, Vec::new());
    for letter in key.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => continue,
        };
        held = ((held << 5) | u32::from(value)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}

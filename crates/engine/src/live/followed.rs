//! What applications answered: no event of the audit, since it is nothing that somebody did here, and yet what people wait for.

use crate::Result;
use domain::ids::PersonId;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How the access of those who look stood in applications when it was looked last.
#[derive(Debug, Default)]
pub struct Followed(BTreeMap<Uuid, String>);

#[derive(sqlx::FromRow)]
struct Row {
    user_id: Uuid,
    state: String,
    /// It changed so lately, or is about to, that her page may have been made before.
    fresh: bool,
}

impl Followed {
    /// Of these people those for whom something changed since the last look.
    ///
    /// # Errors
    /// The database can't be reached: then the next look finds it.
    pub async fn look(&mut self, conn: &mut PgConnection, people: &[PersonId]) -> Result<BTreeSet<PersonId>> {
        let people: BTreeSet<Uuid> = people.iter().map(|person| person.0).collect();
        self.0.retain(|person, _| people.contains(person));
        if people.is_empty() {
            return Ok(BTreeSet::new());
        }
        let rows: Vec<Row> = sqlx::query_as(
            "select user_id, md5(string_agg(concat_ws('|', application_id, group_id, wanted, there, confirmed_at, problem), ',' \
                 order by application_id, group_id)) as state, \
               bool_or(wanted <> (there = 'yes') or there = 'unknown' or confirmed_at > clock() - interval '10 seconds') as fresh \
             from application_members where user_id = any ($1) group by user_id",
        )
        .bind(people.into_iter().collect::<Vec<_>>())
        .fetch_all(conn)
        .await?;
        let changed = rows.into_iter().filter_map(|row| {
            let before = self.0.insert(row.user_id, row.state.clone());
            let changed = before.map_or(row.fresh, |before| before != row.state);
            changed.then_some(PersonId(row.user_id))
        });
        Ok(changed.collect())
    }
}

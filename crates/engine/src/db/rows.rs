//! Several rows in one statement. What one transition writes goes into several tables, and a round trip for each would
//! cost more than the writing.

use crate::{Error, Result};
use sqlx::encode::Encode;
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::types::Type;
use sqlx::{Arguments, AssertSqlSafe, PgConnection};
use std::fmt::Write as _;

/// Rows still to be written, in order.
#[derive(Default)]
pub(crate) struct Rows {
    tables: Vec<(&'static str, Vec<&'static str>)>,
    values: PgArguments,
    failed: Option<sqlx::error::BoxDynError>,
}

impl Rows {
    /// Begins a row of this table.
    pub(crate) fn row(&mut self, table: &'static str) -> &mut Self {
        self.tables.push((table, Vec::new()));
        self
    }

    /// Sets a column of the row last begun.
    pub(crate) fn set<'v, T>(&mut self, column: &'static str, value: T) -> &mut Self
    where
        T: Encode<'v, Postgres> + Type<Postgres>,
    {
        if let Some((_, columns)) = self.tables.last_mut() {
            match self.values.add(value) {
                Ok(()) => columns.push(column),
                Err(error) => self.failed = Some(error),
            }
        }
        self
    }

    /// Writes the rows.
    ///
    /// # Errors
    /// The database can't be reached, or refuses one of them: then none is written.
    pub(crate) async fn write(self, conn: &mut PgConnection) -> Result<()> {
        let (sql, values) = self.statement("1")?;
        sqlx::query_with(AssertSqlSafe(sql), values).execute(conn).await?;
        Ok(())
    }

    /// Writes the rows and gives what the database put into this column of the first.
    ///
    /// # Errors
    /// As [`Rows::write`].
    pub(crate) async fn write_for(self, conn: &mut PgConnection, column: &'static str) -> Result<i64> {
        let (sql, values) = self.statement(column)?;
        Ok(sqlx::query_scalar_with(AssertSqlSafe(sql), values).fetch_one(conn).await?)
    }

    /// Made of names in our own code only; every value is bound. The same rows give the same text, so that it is
    /// prepared once. References between the rows are checked when all of them are there.
    fn statement(self, wanted: &str) -> Result<(String, PgArguments)> {
        if let Some(error) = self.failed {
            return Err(Error::Database(sqlx::Error::Encode(error)));
        }
        let (mut sql, mut place) = (String::from("with "), 0);
        for (index, (table, columns)) in self.tables.iter().enumerate() {
            let places: Vec<String> = columns
                .iter()
                .map(|_| {
                    place += 1;
                    format!("${place}")
                })
                .collect();
            let comma = if index == 0 { "" } else { ", " };
            // writing to a string never fails
            let _ = write!(
                sql,
                "{comma}row{index} as (insert into {table} ({}) values ({}) returning {})",
                columns.join(", "),
                places.join(", "),
                if index == 0 { wanted } else { "1" },
            );
        }
        let _ = write!(sql, " select {wanted} from row0");
        Ok((sql, self.values))
    }
}

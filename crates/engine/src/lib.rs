//! Use cases and reads on PostgreSQL.

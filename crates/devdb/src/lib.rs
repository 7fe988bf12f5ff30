//! A private PostgreSQL cluster for evaluation and tests.
//!
//! When nobody names a database, Pimento makes one from the PostgreSQL binaries of the machine: reachable
//! through a Unix socket only, with a random password, as another user where we run as root (PostgreSQL
//! refuses to run as root). Production sets `DATABASE_URL` and never comes here.
//!
//! Several processes may use one data directory: the first starts PostgreSQL, the others join, the last one
//! out stops it. A cluster that a killed process left running is adopted by the next one.

mod account;
mod binaries;
mod cluster;
mod error;
mod init;
mod links;
mod place;
mod postmaster;

pub use binaries::{present, program};
pub use cluster::{Cluster, Durability};
pub use error::Error;
pub use place::{default_dir, reachable_dir};

/// The database made together with the cluster, owned by [`USER`].
pub const DATABASE: &str = "pimento";

/// The role that [`Cluster::url`] signs in as: it may make databases and roles, but is no superuser, so what
/// works here works on a hosted PostgreSQL as well.
pub const USER: &str = "pimento";

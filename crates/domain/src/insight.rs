//! What the past says about access: into which days and weeks it falls, how long people waited, what lies unused.
//!
//! The engine lets PostgreSQL count between the boundaries that [`window`] draws, and asks these rules what the counts mean.

pub mod due;
pub mod idle;
pub mod reasons;
pub mod share;
pub mod waits;
pub mod window;

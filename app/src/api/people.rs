//! People.

pub mod suggest;

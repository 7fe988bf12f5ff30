//! People.

pub mod create;
pub mod delete;
pub mod disable;
pub mod edit;
pub mod enable;
pub mod invite;
pub mod reset_factors;
pub mod restore;
pub mod suggest;

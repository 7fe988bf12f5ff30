//! Server functions, one file each. Their arguments are the fields of the form, their address is `/api/ui/…`.

pub mod access;
pub mod access_reviews;
pub mod account;
pub mod admin;
pub mod approvals;
pub mod audit;
pub mod bulk;
pub mod demo;
pub mod directory;
pub mod groups;
pub mod people;
pub mod policies;
pub mod session;

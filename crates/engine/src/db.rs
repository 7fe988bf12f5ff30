//! Rows and their conversion to the rules' types, one file per aggregate. Look-ups return `Option`; writes check the
//! number of rows they touched; a row that can't be is reported with table, id and what is wrong.

pub mod access_reviews;
pub mod admin_requests;
pub mod alerts;
pub mod assignments;
pub mod bulk_results;
pub mod glass_reviews;
pub mod groups;
pub mod passwords;
pub mod policies;
pub mod principals;
pub mod renewals;
pub mod requests;
pub(crate) mod rows;
pub mod sessions;
pub mod targets;
pub mod users;

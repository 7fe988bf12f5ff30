//! Reads: one file per page or report.

pub mod account;
pub mod audit_export;
pub mod audit_facts;
pub mod audit_page;
pub mod cursor;
pub mod frame;
pub mod group_assignments;
pub mod group_header;
pub mod group_page;
pub mod group_requests;
pub mod policy_form;
pub mod suggest;
pub mod who;

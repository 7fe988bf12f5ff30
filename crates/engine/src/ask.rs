//! Reads: one file per page or report.

pub mod account;
pub mod activation_form;
pub mod audit_export;
pub mod audit_facts;
pub mod audit_page;
pub mod cursor;
pub mod deciders;
pub mod extend_form;
pub mod frame;
pub mod group_assignments;
pub mod group_header;
pub mod group_page;
pub mod group_requests;
pub mod my_access;
pub mod own;
pub mod policy_form;
pub mod request_page;
pub mod requests;
pub mod stand;
pub mod suggest;
pub mod thing;
pub mod who;

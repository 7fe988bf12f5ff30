//! Groups as the directory has them.

pub mod add_member;
pub mod bring_in;
pub mod create_group;
pub mod delete_group;
pub mod edit_group;
pub mod remove_member;
pub mod restore_group;

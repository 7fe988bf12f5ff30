//! Use cases: one file each. Begin, load and lock, decide, write, commit.

pub mod activate;
pub mod cancel;
pub mod create_group;
pub mod create_person;
pub mod deactivate;
pub mod decide;
pub mod edit_group;
pub mod edit_membership;
pub mod edit_person;
pub mod extend;
mod grant;
pub mod grant_role;
pub mod set_person_state;
pub mod sweep;

//! Use cases: one file each. Begin, load and lock, decide, write, commit.

pub mod accept_invitation;
pub mod activate;
pub mod assign;
pub mod cancel;
pub mod change_password;
pub mod change_preferences;
pub mod create_group;
pub mod create_person;
pub mod deactivate;
pub mod decide;
pub mod edit_group;
pub mod edit_membership;
pub mod edit_person;
pub mod end_session;
pub mod enrol_factor;
pub mod extend;
mod grant;
pub mod grant_role;
pub mod invite;
pub mod onboard;
pub mod recovery_codes;
pub mod remove_assignment;
pub mod reset_factors;
pub mod set_person_state;
pub mod set_policy;
pub mod sign_in;
pub mod sign_out;
pub mod sweep;
pub mod update_assignment;


//! One's own account.

pub mod absence;
pub mod change_password;
pub mod change_preferences;
pub mod choose_mail;
pub mod end_session;
pub mod renew_recovery_codes;
pub mod replace_factor;

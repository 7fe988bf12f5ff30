//! What only the demo offers.

pub mod sign_in;

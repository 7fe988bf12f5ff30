//! The Pimento server.

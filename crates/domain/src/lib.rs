//! The rules of just-in-time access.

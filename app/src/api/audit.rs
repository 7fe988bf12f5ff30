//! Taking the audit out.

pub mod export;

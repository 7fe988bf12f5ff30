//! The commands of the program, one file each.

pub mod doctor;
pub mod migrate;
pub mod serve;

//! Groups as principals: who may be given what, activating through a group, and every way in which that ends (I-18).
#![cfg(test)]

mod support;

#[path = "nesting/cast.rs"]
mod cast;
#[path = "nesting/give.rs"]
mod give;
#[path = "nesting/leave.rs"]
mod leave;
#[path = "nesting/through.rs"]
mod through;

//! Groups as principals: who may be given what, activating through a group, and every way in which that ends (I-18).
#![cfg(test)]

mod support;

#[path = "nesting/cast.rs"]
mod cast;
#[path = "nesting/give.rs"]
mod give;
#[path = "nesting/leave.rs"]
mod leave;
#[path = "nesting/quick.rs"]
mod quick;
#[path = "nesting/roles.rs"]
mod roles;
#[path = "nesting/through.rs"]
mod through;

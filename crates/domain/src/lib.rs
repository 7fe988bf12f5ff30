//! The rules of just-in-time access, as pure functions from facts, input and `now` to an outcome.
//!
//! Nothing here reads a clock, a database or a random number. The engine loads facts under lock, asks a rule, and
//! writes what it says. Pages ask the same rules to show what will happen before anything does.
//!
//! # The model in the reference's words
//! - [`principal`]: users and groups, who can hold something.
//! - [`target`]: what can be held: *member of a group*, *owner of a group*, or a *directory role*.
//! - [`assignment`]: a principal holds a target, *eligible* or *active*, over a [`span`].
//! - [`policy`]: the demands of a target on activation and assignment; a group has two targets, hence two policies.
//! - [`activation`]: from "I want it on" to "it is over", as states and transitions.
//! - [`renewal`]: a later end, or the same again, asked by the person and decided by who manages the group.
//! - [`approval`]: votes, quorum, deadline; nobody ever decides on access of her own.
//! - [`effective`]: who holds what now, through which path. Access is a comparison with the clock, never a flag.
//! - [`access_review`]: people look at who has what, and what they say is applied.
//! - [`notice`]: who is told of what.
//! - [`alert`]: what somebody should look at before it hurts.
//! - [`insight`]: what the past says: days, waits, shares, what lies unused.
//! - [`webhook`]: what happened, told to other programs.
//! - [`provision`]: membership brought to applications by SCIM, and taken away there.
//! - [`authz`]: who may do what, in one function.
//! - [`refusal`]: the only error people see.

pub mod absence;
pub mod access_review;
pub mod activation;
pub mod alert;
pub mod approval;
pub mod assignment;
pub mod audit;
pub mod authz;
pub mod deletion;
pub mod details;
pub mod duration;
pub mod effective;
pub mod group;
pub mod ids;
pub mod insight;
pub mod notice;
pub mod password;
pub mod policy;
pub mod principal;
pub mod provision;
pub mod refusal;
pub mod renewal;
pub mod risk;
pub mod role;
pub mod span;
pub mod target;
pub mod text;
pub mod throttle;
pub mod webhook;

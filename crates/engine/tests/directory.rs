//! People and groups by hand, disabling, deleting, effective members with their paths, look-alikes, lists and searches.

#![cfg(test)]

#[path = "directory/alike.rs"]
mod alike;
#[path = "directory/by_hand.rs"]
mod by_hand;
#[path = "directory/deletion.rs"]
mod deletion;
#[path = "directory/disable.rs"]
mod disable;
#[path = "directory/effective.rs"]
mod effective;
#[path = "directory/history.rs"]
mod history;
#[path = "directory/lists.rs"]
mod lists;
#[path = "directory/membership.rs"]
mod membership;

//! New ids. They sort roughly by creation, which keeps index pages warm; nothing decides by that order.

use uuid::Uuid;

/// A new id.
pub fn new() -> Uuid {
    Uuid::now_v7()
}

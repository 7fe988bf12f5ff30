//! Import of a directory export, on the sample of 122 people and 34 groups with every awkward case.
#![cfg(test)]

#[path = "import/plan.rs"]
mod plan;
#[path = "import/support.rs"]
mod support;
#[path = "import/whole.rs"]
mod whole;

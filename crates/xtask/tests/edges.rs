//! Who may import whom (docs/architecture.md section 1), read from `cargo metadata`.

#![cfg(test)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The workspace's crates and what each of them depends on, tests and examples left out.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output =
        Command::new(cargo).args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names = |package: &Value| {
        let normal = package["dependencies"].as_array().unwrap().iter().filter(|dep| dep["kind"].is_null());
        normal.map(|dep| dep["name"].as_str().unwrap().to_owned()).collect()
    };
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["name"].as_str().unwrap().to_owned(), names(package)))
        .collect()
}

#[test]
fn the_rules_depend_on_nothing_that_can_act() {
    let edges = edges();
    for outside in ["tokio", "sqlx", "axum", "leptos", "rand", "engine", "app", "server", "reqwest"] {
        assert!(!edges["domain"].contains(outside), "domain must not import {outside}");
    }
}

#[test]
fn the_engine_knows_no_pages_and_pages_know_no_database() {
    let edges = edges();
    for outside in ["axum", "leptos", "leptos_axum", "app", "server"] {
        assert!(!edges["engine"].contains(outside), "engine must not import {outside}");
    }
    assert!(!edges["app"].contains("sqlx"), "app must not import sqlx");
    assert!(!edges["app"].contains("server"), "app must not import server");
}

#[test]
fn the_build_driver_stands_alone() {
    for inside in ["domain", "engine", "app", "server"] {
        assert!(!edges()["xtask"].contains(inside), "xtask must not import {inside}");
    }
}

#[test]
fn every_crate_of_the_workspace_is_known_here() {
    let known = ["app", "devdb", "domain", "engine", "frontend", "server", "xtask"];
    assert_eq!(
        edges().into_keys().collect::<Vec<_>>(),
        known,
        "say in docs/architecture.md what a new crate may import"
    );
}

//! The Pimento server: HTTP on the outside, the engine on the inside.

pub mod access_review_file;
pub mod application_log_file;
pub mod assets;
pub mod command;
pub mod config;
pub mod database;
pub mod download;
pub mod export;
pub mod files;
pub mod health;
pub mod host;
pub mod insights_file;
pub mod installation;
pub mod layers;
pub mod live;
pub mod measure;
pub mod migrate;
pub mod pieces;
pub mod result_file;
pub mod router;
pub mod session_store;
pub mod stop;
pub mod ui;
pub mod visit;
pub mod web;

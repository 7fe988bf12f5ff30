//! What the operator decides: environment variables `PIMENTO_…` over one TOML file over defaults. Everything that is
//! wrong is said at once. `docs/operations.md` lists the settings.

mod key;
mod mail;
mod outbound;
mod read;
mod stream;

pub use key::Key;
pub use read::read;
pub use stream::Stream;

use crate::session_store::Limits;
use engine::mail::post::Post;
use engine::outbound::Outbound;
use secrecy::SecretString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `listen`: where to take connections.
    pub listen: SocketAddr,
    /// `metrics_listen`: where monitoring may ask for metrics; not at all without it.
    pub metrics_listen: Option<SocketAddr>,
    /// `public_url`: the address people use. Links, cookies and the check of origins follow it.
    pub public_url: String,
    /// `organisation`: shown at sign-in and in authenticator apps.
    pub organisation: Option<String>,
    /// `DATABASE_URL`, or `database_url`: without it a private cluster is used.
    pub database_url: Option<SecretString>,
    /// `pool_size`: most connections to the database of one process.
    pub pool_size: u32,
    /// `site_dir`: the built files.
    pub site_dir: PathBuf,
    /// `trusted_proxies`: whose forwarding headers are believed, separated by commas.
    pub trusted_proxies: Vec<IpAddr>,
    /// `key` or `key_file`: seals second factors at rest.
    pub key: Option<Key>,
    /// `anchor_key` or `anchor_key_file`: signs the end of the audit.
    pub anchor_key: Option<Key>,
    /// `anchor_file`: where anchors are kept outside of the database.
    pub anchor_file: Option<PathBuf>,
    /// `audit_stream` and the other settings of it: where the audit is sent on to.
    pub stream: Option<Stream>,
    /// `mail_host` and the other settings of mail; without it mails are kept in the database.
    pub post: Option<Post>,
    /// `webhook_networks` and the other settings of webhooks: where they may lead.
    pub outbound: Outbound,
    /// `session_idle_minutes`, `session_hours`.
    pub limits: Limits,
    /// `log`: which parts of the program write how much.
    pub log: String,
    /// `log_format`: `text` or `json`.
    pub log_json: bool,
}

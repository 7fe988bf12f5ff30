//! What the web side needs to run, made once at start.

use crate::session_store::{Limits, Sessions};
use app::shell::Site;
use sqlx::PgPool;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything the router is built from.
#[derive(Clone, Debug)]
pub struct Web {
    /// The database, as the role of the running server.
    pub pool: PgPool,
    /// What pages know about the site.
    pub site: Arc<Site>,
    /// Where the built files are.
    pub site_dir: PathBuf,
    /// The address people use; decides on cookies and on which origins may send forms.
    pub public_url: String,
    /// Proxies whose forwarding headers are believed.
    pub proxies: Arc<[IpAddr]>,
    /// How long sessions last.
    pub limits: Limits,
}

impl Web {
    /// Whether people reach the site by https.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The session store.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.pool.clone(), self.limits)
    }
}

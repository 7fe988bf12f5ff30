//! What the web side needs to run, made once at start.

use crate::live::Hub;
use crate::measure::Meters;
use crate::session_store::{Limits, Sessions};
use app::shell::Site;
use engine::Engine;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Everything the router is built from.
#[derive(Clone)]
pub struct Web {
    /// The engine; its pool is the role of the running server.
    pub engine: Engine,
    /// What pages know about the site.
    pub site: Arc<Site>,
    /// Where the built files are.
    pub site_dir: PathBuf,
    /// Proxies whose forwarding headers are believed.
    pub proxies: Arc<[IpAddr]>,
    /// How long sessions last.
    pub limits: Limits,
    /// Tells open pages to look again, while somebody runs it.
    pub live: Hub,
    /// Counts what is answered, if somebody wants to know.
    pub meters: Option<Arc<Meters>>,
}

impl Web {
    /// Whether people reach the site by https.
    pub fn secure(&self) -> bool {
        self.engine.settings.public_url.starts_with("https://")
    }

    /// The session store.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.engine.pool.clone(), self.limits)
    }
}

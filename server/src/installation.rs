//! The engine of this installation: its key, its name, its database.

use crate::config::{Key, Settings};
use crate::database::{Database, Use};
use anyhow::{Result, bail};
use engine::Engine;
use engine::audit::anchors::Signing;
use engine::mail::post::Post;
use engine::outbound::Outbound;
use std::path::{Path, PathBuf};

/// The name of the sample company.
const SAMPLE: &str = "Larkfield Energy";

/// What engines are made of.
pub struct Installation {
    /// Where the data is.
    pub database: Database,
    /// Shown to people.
    pub organisation: String,
    public_url: String,
    pool_size: u32,
    key: Key,
    post: Option<Post>,
    outbound: Outbound,
    anchors: Option<Signing>,
}

impl Installation {
    /// Joins settings and database.
    ///
    /// # Errors
    /// When nobody said where the key is.
    pub fn new(settings: &Settings, database: Database, demo: bool) -> Result<Self> {
        let usual = if demo { SAMPLE } else { "Pimento" };
        Ok(Self {
            organisation: settings.organisation.clone().unwrap_or_else(|| usual.to_owned()),
            public_url: settings.public_url.clone(),
            pool_size: settings.pool_size,
            key: key(settings, &database, demo)?,
            outbound: settings.outbound.clone(),
            anchors: anchors(settings, &database, demo)?,
            // nobody of the sample company has an address that could be written to
            post: if demo { None } else { settings.post.clone() },
            database,
        })
    }

    /// An engine with connections of its own.
    ///
    /// # Errors
    /// When the database does not answer or was never migrated.
    pub async fn engine(&self, how: Use) -> Result<Engine> {
        let size = match how {
            Use::Web => self.pool_size,
            Use::Worker => 4,
            Use::Metrics => 1,
        };
        let settings = engine::Settings {
            organisation: self.organisation.clone(),
            public_url: self.public_url.clone(),
            key: self.key.bytes(),
            post: self.post.clone(),
            outbound: self.outbound.clone(),
            anchors: self.anchors.clone(),
        };
        Ok(Engine::new(self.database.pool(size, how).await?, settings))
    }
}

/// Evaluation makes a key; otherwise the operator must have said where it is.
fn key(settings: &Settings, database: &Database, demo: bool) -> Result<Key> {
    if let Some(key) = &settings.key {
        return Ok(key.clone());
    }
    match database.private() {
        Some(cluster) => Ok(Key::kept_in(&cluster.dir().join("installation.key"))?),
        None if demo => Ok(Key::kept_in(Path::new("target/demo.key"))?),
        None => bail!("no key: set PIMENTO_KEY_FILE (make a key with: openssl rand -base64 32)"),
    }
}

/// The file in the folder of a private cluster that keeps the key of anchors.
const ANCHOR_KEY: &str = "anchor.key";
/// That of a demo on another database.
const DEMO_ANCHOR_KEY: &str = "target/demo-anchor.key";

/// The key that signs anchors here, if there is one; none is made.
///
/// # Errors
/// Its file can't be read.
pub fn anchor_key(settings: &Settings) -> Result<Option<Key>> {
    if let Some(key) = &settings.anchor_key {
        return Ok(Some(key.clone()));
    }
    let kept: PathBuf = match settings.database_url {
        None => devdb::default_dir("database")?.join(ANCHOR_KEY),
        Some(_) => DEMO_ANCHOR_KEY.into(),
    };
    if kept.exists() { Ok(Some(Key::kept_in(&kept)?)) } else { Ok(None) }
}

/// Evaluation makes a key; otherwise the operator says where it is, or there are no anchors.
fn anchors(settings: &Settings, database: &Database, demo: bool) -> Result<Option<Signing>> {
    let key = match (&settings.anchor_key, database.private()) {
        (Some(key), _) => key.clone(),
        (None, Some(cluster)) => Key::kept_in(&cluster.dir().join(ANCHOR_KEY))?,
        (None, None) if demo => Key::kept_in(Path::new(DEMO_ANCHOR_KEY))?,
        (None, None) => return Ok(None),
    };
    Ok(Some(Signing::new(&key.bytes(), settings.anchor_file.clone()).map_err(anyhow::Error::msg)?))
}

//! The way out to other programs over HTTP, so that nobody can make this program knock at doors inside (security.md 6.9).
//!
//! A name is resolved once for each try; every address it has is checked, and only checked ones are connected to, so that a name
//! that leads elsewhere a moment later leads nowhere. No redirect is followed, no proxy of the environment is used, no connection is
//! kept, and of an answer only a little is read.

pub mod exchange;
pub mod names;
pub(crate) mod stream;

use crate::{Error, Result, roots};
use domain::webhook::address::{Rules, literal, port};
use names::{Names, System};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use rustls::RootCertStore;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;

/// Longest wait for the names of a host.
const RESOLVING: Duration = Duration::from_secs(5);
/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(5);
/// Longest wait for the head of an answer, once the addresses are known.
const ANSWERING: Duration = Duration::from_secs(15);
/// Longest wait for the rest of it: its status is what counts.
const READING: Duration = Duration::from_secs(3);
/// So much of an answer is kept.
const KEPT: usize = 1024;

/// What the operator allows, and how to get there.
#[derive(Clone)]
pub struct Outbound {
    rules: Rules,
    names: Arc<dyn Names>,
    roots: Arc<RootCertStore>,
    patience: Duration,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Default for Outbound {
    /// https to public addresses.
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            names: Arc::new(System),
            roots: Arc::new(roots::public()),
            patience: ANSWERING,
        }
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The beginning of the body, as text.
    pub text: String,
    /// For how many seconds not to come back, if the receiver said so.
    pub retry_after: Option<i64>,
}

/// A try: what was answered, or why there is no answer, and how long it took.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What came of it.
    pub outcome: Result<Answer, String>,
    /// How long it took.
    pub took: Duration,
}

impl Tried {
    /// Nothing was sent.
    pub fn not(why: &str) -> Self {
        Self { outcome: Err(why.to_owned()), took: Duration::ZERO }
    }
}

impl Outbound {
    /// By these rules; `authority` holds further authorities that may have signed certificates, as PEM.
    ///
    /// # Errors
    /// There are none in it.
    pub fn new(rules: Rules, authority: Option<&[u8]>) -> Result<Self, String> {
        let mut roots = roots::public();
        if let Some(pem) = authority {
            roots.extend(roots::authority(pem)?.roots);
        }
        Ok(Self { rules, names: Arc::new(System), roots: Arc::new(roots), patience: ANSWERING })
    }

    /// The same with other names.
    pub fn with_names(self, names: impl Names + 'static) -> Self {
        Self { names: Arc::new(names), ..self }
    }

    /// The same with another longest wait for an answer.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What the operator allows.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Posts JSON and waits for the answer.
    pub async fn post(&self, url: &Url, headers: HeaderMap, body: Vec<u8>) -> Tried {
        let begun = Instant::now();
        let outcome = self.try_once(url, headers, body).await;
        Tried { outcome, took: begun.elapsed() }
    }

    async fn try_once(&self, url: &Url, headers: HeaderMap, body: Vec<u8>) -> Result<Answer, String> {
        let addresses = self.checked(url).await?;
        let client = self.client(url, &addresses)?;
        let request = client
            .post(url.clone())
            .headers(headers)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        match timeout(self.patience, request.send()).await {
            Err(_) => Err(format!("no answer within {} s", self.patience.as_secs())),
            Ok(Err(error)) => Err(why(error)),
            Ok(Ok(response)) => Ok(read(response).await),
        }
    }

    /// All addresses of the host, every one of them allowed.
    async fn checked(&self, url: &Url) -> Result<Vec<SocketAddr>, String> {
        let addresses = match (literal(url), url.host_str()) {
            (Some(address), _) => vec![address],
            (None, Some(host)) => self.resolved(host).await?,
            (None, None) => return Err("there is no host in the address".to_owned()),
        };
        self.reachable(addresses, port(url))
    }

    async fn resolved(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        match timeout(RESOLVING, self.names.resolve(host)).await {
            Ok(found) => found.map_err(|error| format!("the name can't be resolved: {error}")),
            Err(_) => Err("the name can't be resolved in time".to_owned()),
        }
    }

    /// All of these, every one of them allowed.
    fn reachable(&self, addresses: Vec<IpAddr>, port: u16) -> Result<Vec<SocketAddr>, String> {
        if addresses.is_empty() {
            return Err("the name leads nowhere".to_owned());
        }
        // asked each time: interfaces come and go
        let own = self.names.own();
        let own = own.map_err(|error| format!("the addresses of this machine can't be read: {error}"))?;
        for address in &addresses {
            self.rules.reachable(*address, port, &own)?;
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address.to_canonical(), port)).collect())
    }

    /// A client that knows these addresses and no others.
    fn client(&self, url: &Url, addresses: &[SocketAddr]) -> Result<Client, String> {
        let tls = roots::client(self.roots.clone()).map_err(|error| error.to_string())?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .resolve_to_addrs(url.host_str().unwrap_or_default(), addresses)
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECTING)
            .user_agent("Pimento-Webhooks")
            .https_only(!self.rules.http);
        client.build().map_err(why)
    }
}

/// Reads the beginning of an answer. One that never ends, or comes too slowly, is left alone.
async fn read(mut response: Response) -> Answer {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    let mut kept = Vec::new();
    let reading = async {
        while kept.len() < KEPT {
            match response.chunk().await {
                Ok(Some(chunk)) => kept.extend_from_slice(&chunk[..chunk.len().min(KEPT - kept.len())]),
                Ok(None) | Err(_) => break,
            }
        }
    };
    // what came in time is enough
    timeout(READING, reading).await.ok();
    Answer { status, text: readable(&kept), retry_after }
}

/// What came, as text without control characters.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// Seconds, or a moment: that is by the receiver's clock, so it is compared with what this clock said in the same answer.
fn retry_after(headers: &HeaderMap) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    let after = text(RETRY_AFTER)?;
    if let Ok(seconds) = after.parse() {
        return Some(seconds).filter(|seconds| *seconds >= 0);
    }
    let moment = |text| httpdate::parse_http_date(text).ok();
    let wait = moment(after)?.duration_since(moment(text(DATE)?)?).ok()?;
    i64::try_from(wait.as_secs()).ok()
}

/// What went wrong in words, without the address: its path may hold a secret.
fn why(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

/// A header of ours.
///
/// # Errors
/// It holds what no header can.
pub fn header(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<()> {
    let value = HeaderValue::from_str(value).map_err(|error| Error::Internal(error.to_string()))?;
    headers.insert(HeaderName::from_static(name), value);
    Ok(())
}

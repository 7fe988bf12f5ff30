//! Requests whose answer is read: those of provisioning. The same doors stay closed as for webhooks.

use super::{CONNECTING, Outbound, readable, retry_after, why};
use domain::provision::answer::Outcome;
use reqwest::header::{ETAG, HeaderMap, LOCATION};
use reqwest::{Method, Response};
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// As the rules see it.
    pub outcome: Outcome,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// The body as JSON, or null.
    pub body: Value,
    /// The body as text, whole as far as it was read.
    pub text: String,
    /// The version of what was answered.
    pub etag: Option<String>,
    /// Where what was made lies.
    pub location: Option<String>,
    /// Why there is no answer.
    pub problem: String,
    /// How long it took.
    pub took: Duration,
}

/// Longest that a whole exchange may take, in waits for an answer.
const WAITS: u32 = 2;

impl Outbound {
    /// Sends and reads the answer, up to `most` bytes of it. No redirect is followed.
    pub async fn exchange(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
        most: usize,
    ) -> Exchange {
        let begun = Instant::now();
        let whole = self.patience * WAITS + CONNECTING;
        let exchanged = match timeout(whole, self.exchange_once(method, url, headers, body, most)).await {
            Ok(exchanged) => exchanged,
            Err(_) => Exchange::without(Outcome::Lost, format!("no answer within {} s", whole.as_secs())),
        };
        Exchange { took: begun.elapsed(), ..exchanged }
    }

    async fn exchange_once(
        &self,
        method: Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
        most: usize,
    ) -> Exchange {
        let addresses = match self.checked(url).await {
            Ok(addresses) => addresses,
            // a name that can't be resolved may be there again soon; an address that is refused will not
            Err(problem) if problem.contains("resolved") => return Exchange::without(Outcome::Lost, problem),
            Err(problem) => return Exchange::without(Outcome::Forbidden, problem),
        };
        let client = match self.client(url, &addresses) {
            Ok(client) => client,
            Err(problem) => return Exchange::without(Outcome::Forbidden, problem),
        };
        let mut request = client.request(method, url.clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        match request.send().await {
            Ok(response) => read(response, most).await,
            Err(error) => {
                let problem = why(error);
                let certificate = problem.contains("certificate");
                Exchange::without(if certificate { Outcome::Certificate } else { Outcome::Lost }, problem)
            }
        }
    }
}

impl Exchange {
    fn without(outcome: Outcome, problem: String) -> Self {
        Self {
            outcome,
            status: None,
            body: Value::Null,
            text: String::new(),
            etag: None,
            location: None,
            problem,
            took: Duration::ZERO,
        }
    }

    /// What an error says, if it is one.
    pub fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}

async fn read(mut response: Response, most: usize) -> Exchange {
    let status = response.status().as_u16();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (etag, location, retry_after) = (text(ETAG), text(LOCATION), retry_after(response.headers()));
    let (mut bytes, mut whole) = (Vec::new(), true);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Ok(Some(_)) | Err(_) => {
                whole = false;
                break;
            }
        }
    }
    let empty = bytes.iter().all(u8::is_ascii_whitespace);
    let body: Option<Value> = if empty { Some(Value::Null) } else { serde_json::from_slice(&bytes).ok() };
    let understood = whole && body.is_some();
    let body = body.unwrap_or(Value::Null);
    let scim_type = body["scimType"].as_str().unwrap_or_default().to_owned();
    Exchange {
        outcome: Outcome::Answer { status, readable: understood, scim_type, retry_after },
        status: Some(status),
        body,
        text: readable(&bytes),
        etag,
        location,
        problem: if understood { String::new() } else { "The answer can't be read.".into() },
        took: Duration::ZERO,
    }
}

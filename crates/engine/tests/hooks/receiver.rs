//! A receiver of webhooks: a real server that keeps what arrives and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How to answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// This status, with header lines and a body.
    Plain(u16, String, String),
    /// 200, and then a body that never ends.
    Endless,
    /// 200, and a body that never comes.
    Stalled,
    /// Never.
    Silent,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self::Plain(status, String::new(), String::new())
    }
}

/// What arrived.
#[derive(Clone, Debug)]
pub struct Taken {
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Taken {
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().unwrap_or_else(|| panic!("no {name} in {:?}", self.headers));
        assert!(found.next().is_none(), "{name} twice");
        &first.1
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    answers: VecDeque<Answer>,
    usual: Option<Answer>,
}

/// The server; it stops listening when it is dropped.
pub struct Receiver {
    at: SocketAddr,
    state: Arc<Mutex<State>>,
    listens: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listens.abort();
    }
}

impl Receiver {
    pub async fn start() -> Self {
        Self::at("127.0.0.1:0").await
    }

    pub async fn at(address: &str) -> Self {
        Self::listen(address, None).await
    }

    pub async fn over_tls(tls: TlsAcceptor) -> Self {
        Self::listen("127.0.0.1:0", Some(tls)).await
    }

    async fn listen(address: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let (at, state) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(State::default())));
        let shared = state.clone();
        let listens = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                match tls.clone() {
                    None => drop(tokio::spawn(serve(stream, shared.clone()))),
                    Some(tls) => {
                        let shared = shared.clone();
                        tokio::spawn(async move {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, shared).await;
                            }
                        });
                    }
                }
            }
        });
        Self { at, state, listens }
    }

    pub fn port(&self) -> u16 {
        self.at.port()
    }

    pub fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// Answers the next one so.
    pub fn next(&self, answer: Answer) {
        self.state.lock().unwrap().answers.push_back(answer);
    }

    /// Answers all so, but for what was said about the next ones.
    pub fn always(&self, answer: Answer) {
        self.state.lock().unwrap().usual = Some(answer);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    /// The only one that arrived.
    pub fn only(&self) -> Taken {
        let taken = self.taken();
        assert_eq!(taken.len(), 1, "{taken:#?}");
        taken[0].clone()
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    let Some(taken) = request(&mut stream).await else { return };
    let answer = {
        let mut state = state.lock().unwrap();
        state.taken.push(taken);
        let usual = state.usual.clone();
        state.answers.pop_front().or(usual).unwrap_or(Answer::status(204))
    };
    match answer {
        Answer::Plain(status, headers, body) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}");
            stream.write_all(head.as_bytes()).await.ok();
            // whole, also what TLS holds back
            stream.flush().await.ok();
        }
        Answer::Endless => {
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let mut going = stream.write_all(head.as_bytes()).await.is_ok();
            while going {
                going = stream.write_all(b"400\r\n").await.is_ok();
                going &= stream.write_all(&[b'x'; 0x400]).await.is_ok();
                going &= stream.write_all(b"\r\n").await.is_ok();
            }
        }
        Answer::Stalled => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n").await.ok();
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        Answer::Silent => tokio::time::sleep(Duration::from_secs(60)).await,
    }
}

async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Taken> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes[head + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Taken { path, headers, body: String::from_utf8(body).unwrap() })
}

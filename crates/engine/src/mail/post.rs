//! The mail server: hands one message over, and says what became of it.

use crate::mail::letter::Letter;
use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::time::Duration;
use uuid::Uuid;

/// Longest wait for one answer of the mail server. Some look for long into a mail before they say that they took it
/// (RFC 5321, 4.5.3.2); who does not wait for it sends the mail twice.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Longest that a mail takes from the first connection to the last answer: shorter than its lease.
const LONGEST: Duration = Duration::from_secs(240);
/// Most connections of one process.
pub const CONNECTIONS: u32 = 4;

/// How the connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protection {
    /// Not at all: for a server on this machine.
    None,
    /// Begins in clear text and must turn to TLS (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Tls,
}

/// What the operator decided about mail.
#[derive(Clone, Debug)]
pub struct Server {
    /// Name of the server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// User name and password, if the server asks for them.
    pub login: Option<(String, SecretString)>,
    /// Who mails come from: an address, or `Name <address>`.
    pub from: String,
    /// Further authorities that may have signed the server's certificate, as PEM.
    pub authority: Option<Vec<u8>>,
}

/// The way out, shared by everybody who sends.
#[derive(Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    words: String,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("words", &self.words).finish_non_exhaustive()
    }
}

/// Why a message was not taken.
#[derive(Debug)]
pub struct Problem {
    /// Trying again is of no use.
    pub for_good: bool,
    words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Problem {
    fn for_good(words: impl fmt::Display) -> Self {
        Self { for_good: true, words: words.to_string() }
    }
}

impl From<AddressError> for Problem {
    fn from(error: AddressError) -> Self {
        Self::for_good(format!("the address can't be used: {error}"))
    }
}

impl From<lettre::transport::smtp::Error> for Problem {
    /// Only an answer of the server to this message is for good; a wrong password or certificate is mended by the operator,
    /// and nothing must be lost until then.
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let mut words = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            words = format!("{words}: {error}");
            cause = error.source();
        }
        let login = error
            .status()
            .is_some_and(|code| matches!(code.to_string().as_str(), "530" | "534" | "535" | "538"));
        Self { for_good: error.is_permanent() && !login, words: words.chars().take(500).collect() }
    }
}

/// Machines must not answer: RFC 3834, and what servers know that don't know it.
const AUTOMATIC: [(&str, &str); 2] =
    [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")];

impl Post {
    /// Makes the way out; connects when the first message goes.
    ///
    /// # Errors
    /// What is wrong with the sender or the certificate, in words.
    pub fn new(server: &Server) -> Result<Self, String> {
        let from: Mailbox =
            server.from.parse().map_err(|error| format!("the sender can't be read: {error}"))?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(server.tls()?)
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS).idle_timeout(Duration::from_secs(30)));
        if let Some((user, password)) = &server.login {
            transport =
                transport.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        let words = format!("{}:{}, from {from}", server.host, server.port);
        Ok(Self { transport: transport.build(), from, words })
    }

    /// Server and sender, as people read them.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Hands a message over and waits for the answer. The id of the message is that of the mail, also when it is tried again:
    /// a server that took it and could not say so knows it for the same. `thread` puts mails about one thing together.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn send(
        &self,
        address: &str,
        id: Uuid,
        thread: Option<&str>,
        letter: &Letter,
    ) -> Result<(), Problem> {
        let message = message(&self.from, address, id, thread, letter)?;
        match tokio::time::timeout(LONGEST, self.transport.send(message)).await {
            Ok(answer) => Ok(answer.map(drop)?),
            Err(_) => Err(Problem { for_good: false, words: "the mail server takes too long".into() }),
        }
    }
}

/// The message, as it is handed over.
pub(super) fn message(
    from: &Mailbox,
    address: &str,
    id: Uuid,
    thread: Option<&str>,
    letter: &Letter,
) -> Result<Message, Problem> {
    let to: Address = address.parse()?;
    let host = from.email.domain();
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.clone())
        .message_id(Some(format!("<{id}@{host}>")));
    for (name, says) in AUTOMATIC {
        let name = HeaderName::new_from_ascii_str(name);
        message = message.raw_header(HeaderValue::new(name, says.to_owned()));
    }
    if let Some(thread) = thread {
        message = message.references(format!("<{thread}@{host}>"));
    }
    let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
    message
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &letter.text))
                .singlepart(part(ContentType::TEXT_HTML, &letter.html)),
        )
        .map_err(Problem::for_good)
}

impl Server {
    fn tls(&self) -> Result<Tls, String> {
        if self.protection == Protection::None {
            return Ok(Tls::None);
        }
        let mut parameters = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authority {
            let certificate = Certificate::from_pem(pem)
                .map_err(|error| format!("the certificate authority can't be read: {error}"))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        let parameters = parameters.build().map_err(|error| error.to_string())?;
        Ok(match self.protection {
            Protection::StartTls => Tls::Required(parameters),
            _ => Tls::Wrapper(parameters),
        })
    }
}

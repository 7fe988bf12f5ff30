//! A real mail server beside a test.

use engine::mail::post::{Post, Protection, Server};
use engine::{Engine, Settings};
use serde::Deserialize;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// What the server took.
#[derive(Clone, Debug, Deserialize)]
pub struct Taken {
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// The connection was encrypted.
    pub tls: bool,
    /// The sender had logged in.
    pub login: bool,
    /// As parsed by the server's own library.
    pub headers: Vec<(String, String)>,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Taken {
    /// The only header of this name.
    pub fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} twice");
        &first.1
    }
}

/// The running server.
pub struct Smtp {
    child: Child,
    port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    certificates: Option<PathBuf>,
    protection: Protection,
    login: Option<(String, String)>,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.kill();
        if let Some(folder) = &self.certificates {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

fn installed(program: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers/bin").join(program);
    assert!(path.exists(), "{program} is missing: `cargo xtask setup` installs it");
    path
}

impl Smtp {
    /// Starts one with these options of `smtp.py`.
    pub fn start(options: &[&str]) -> Self {
        Self::on(options, Protection::None, None)
    }

    /// Starts one that insists on STARTTLS, with a certificate nobody knows, and on a login.
    pub fn guarded(user: &str, password: &str) -> Self {
        let options = ["--login", user, password];
        let mut smtp = Self::on(&options, Protection::StartTls, Some(certificates()));
        smtp.login = Some((user.into(), password.into()));
        smtp
    }

    /// Starts one that speaks TLS from the first byte, with a certificate nobody knows.
    pub fn wrapped() -> Self {
        Self::on(&["--wrapped"], Protection::Tls, Some(certificates()))
    }

    fn on(options: &[&str], protection: Protection, certificates: Option<PathBuf>) -> Self {
        let mut options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        if let Some(folder) = &certificates {
            let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
            options.extend(["--tls".into(), path("server.pem"), path("server.key")]);
        }
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (child, port) = spawn(&options, &taken);
        Self { child, port, taken, certificates, protection, login: None }
    }

    /// It is killed, as by a power cut.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// After it was killed it is there again at the same place, with these options; what was taken is added.
    pub fn again(&mut self, options: &[&str]) {
        let port = self.port.to_string();
        let options: Vec<String> =
            options.iter().chain(&["--port", &*port]).map(|option| (*option).to_owned()).collect();
        (self.child, self.port) = spawn(&options, &self.taken);
    }

    /// What was taken up to now. The server answers before it writes, so look after what was sent is settled.
    pub async fn taken(&self, at_least: usize) -> Vec<Taken> {
        for _ in 0..100 {
            if self.taken.lock().unwrap().len() >= at_least {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        self.taken.lock().unwrap().clone()
    }

    /// How to reach it.
    pub fn server(&self) -> Server {
        Server {
            host: "localhost".into(),
            port: self.port,
            protection: self.protection,
            login: self.login.clone().map(|(user, password)| (user, password.into())),
            from: "Pimento <pimento@example.org>".into(),
            authority: self.certificates.as_ref().map(|folder| fs::read(folder.join("client.pem")).unwrap()),
        }
    }
}

/// Starts the script, and gives its port when it listens; each message is added to `taken`.
fn spawn(options: &[String], taken: &Arc<Mutex<Vec<Taken>>>) -> (Child, u16) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smtp.py");
    let mut server = Command::new(installed("python"));
    server.arg(script).args(options).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = server.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next().unwrap().unwrap().parse().unwrap();
    let kept = taken.clone();
    std::thread::spawn(move || {
        // the last line of one that was killed may be half
        for mail in lines.map_while(Result::ok).map_while(|line| serde_json::from_str(&line).ok()) {
            kept.lock().unwrap().push(mail);
        }
    });
    (child, port)
}

/// A folder with a certificate for `localhost`, its key, and the authority that signed it.
fn certificates() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pimento-smtp-{}", engine::ids::new()));
    fs::create_dir(&folder).unwrap();
    let made = Command::new(installed("python"))
        .args(["-m", "trustme", "-q", "-i", "localhost", "-d"])
        .arg(&folder)
        .status();
    assert!(made.unwrap().success());
    folder
}

/// The same engine, with this mail server.
pub fn wire(engine: &Engine, server: &Server) -> Engine {
    let settings = Settings { post: Some(Post::new(server).unwrap()), ..(*engine.settings).clone() };
    Engine::new(engine.pool.clone(), settings)
}

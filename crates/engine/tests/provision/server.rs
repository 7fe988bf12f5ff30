//! Real SCIM servers beside a test.

use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub const TOKEN: &str = "token-of-the-real-server-0815";

/// Two that read the standard differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// scim2-server: strict, in Python.
    Scim2,
    /// scimmy: careless, in JavaScript.
    Scimmy,
}

/// The running server.
pub struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub async fn start(which: Which) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = match which {
            Which::Scim2 => {
                let mut python = Command::new(here.join("../../target/peers/bin/python"));
                let run = "from scim2_server.testserver.cli import main; main()";
                python.args(["-c", run, "--port", &port.to_string(), "--bearer-token", TOKEN]);
                python
            }
            Which::Scimmy => {
                let mut node = Command::new("node");
                node.arg(here.join("../../end2end/support/scimmy.mjs")).args([&port.to_string(), TOKEN]);
                node
            }
        };
        let spawned = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = spawned.expect("`cargo xtask setup` installs SCIM servers");
        let server = Self { child, port };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the SCIM server does not start");
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    /// Everything of a kind.
    pub async fn all(&self, kind: &str) -> Vec<Value> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!(
            "GET /v2/{kind}?count=1000 HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{text}"));
        body["Resources"].as_array().cloned().unwrap_or_default()
    }

    /// The user names in the only group of this name, sorted.
    pub async fn members(&self, group: &str) -> Vec<String> {
        let groups = self.all("Groups").await;
        let named: Vec<&Value> = groups.iter().filter(|there| there["displayName"] == group).collect();
        assert_eq!(named.len(), 1, "{groups:#?}");
        let users = self.all("Users").await;
        let name = |member: &Value| {
            let user = users.iter().find(|user| user["id"] == member["value"]).unwrap();
            user["userName"].as_str().unwrap().to_owned()
        };
        let mut names: Vec<String> =
            named[0]["members"].as_array().map(|all| all.iter().map(name).collect()).unwrap_or_default();
        names.sort();
        names
    }
}

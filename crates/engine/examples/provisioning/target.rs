//! An application that answers as the standard says, after 50 ms, in a process of its own.

use crate::Result;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How long each answer takes.
const TAKES: Duration = Duration::from_millis(50);
/// Groups of a filled application, and the members of each.
pub const GROUPS: usize = 200;
/// Members of each of those.
pub const MEMBERS: usize = 250;

/// It is stopped when this is dropped.
pub struct Target {
    child: Child,
    port: u16,
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Target {
    /// Starts one that knows so many users already, in groups by [`member`].
    pub async fn start(users: usize) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["target", &port.to_string(), &users.to_string()]).stdin(Stdio::null());
        let target = Self { child: command.spawn()?, port };
        for _ in 0..200 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(target);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err("the application does not start".into())
    }

    /// Its address, as an administrator writes it.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}/scim", self.port)
    }

    /// The names of the members of the group of this name.
    pub async fn members(&self, group: &str) -> Result<BTreeSet<String>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let ask = format!("GET /members/{group} HTTP/1.1\r\n\r\n");
        stream.write_all(ask.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        Ok(serde_json::from_str(body)?)
    }
}

/// Number of the member at this place of a group.
pub fn member(group: usize, place: usize, users: usize) -> usize {
    (group * MEMBERS + place) % users
}

#[derive(Default)]
struct Kept {
    users: BTreeMap<String, Value>,
    by_name: BTreeMap<String, String>,
    groups: BTreeMap<String, (Value, BTreeSet<String>)>,
    made: usize,
}

/// Serves until the process is killed.
pub async fn run(port: u16, users: usize) -> Result<()> {
    let mut kept = Kept::default();
    for number in 0..users {
        kept.user(
            json!({ "id": format!("u-{number}"), "userName": format!("person.{number}"), "active": true }),
        );
    }
    for number in (0..GROUPS).filter(|_| users > 0) {
        let all = (0..MEMBERS).map(|place| format!("u-{}", member(number, place, users)));
        let group = json!({ "displayName": format!("Group {number}") });
        kept.groups.insert(format!("g-{number}"), (group, all.collect()));
    }
    let kept = Arc::new(Mutex::new(kept));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream, kept.clone()));
    }
}

async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Kept>>) -> Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec())?;
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(());
        }
    }
    tokio::time::sleep(TAKES).await;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let mut words = head.split(' ');
    let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (status, answer) = match kept.lock() {
        Ok(mut kept) => kept.act(method, address, body),
        Err(_) => (500, Value::Null),
    };
    let answer = if answer.is_null() { String::new() } else { answer.to_string() };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all((head + &answer).as_bytes()).await?;
    Ok(())
}

impl Kept {
    fn user(&mut self, user: Value) -> Value {
        let id = user["id"].as_str().unwrap_or_default().to_owned();
        self.by_name.insert(user["userName"].as_str().unwrap_or_default().to_lowercase(), id.clone());
        if let Some(external) = user["externalId"].as_str() {
            self.by_name.insert(external.to_owned(), id.clone());
        }
        self.users.insert(id, user.clone());
        user
    }

    fn act(&mut self, method: &str, address: &str, body: Value) -> (u16, Value) {
        let Ok(url) = url::Url::parse(&format!("http://here{address}")) else { return (400, Value::Null) };
        let parts: Vec<&str> = url.path().split('/').skip(1).collect();
        let filter =
            url.query_pairs().find(|(name, _)| name == "filter").map(|(_, value)| value.into_owned());
        match (method, parts.as_slice()) {
            ("GET", ["members", group]) => (200, self.named(&group.replace("%20", " "))),
            ("GET", [_, "ServiceProviderConfig"]) => (200, json!({ "patch": { "supported": true } })),
            ("GET", [_, "Users"]) => (200, list(self.found(&filter.unwrap_or_default()))),
            ("GET", [_, "Groups"]) => (200, list(self.found_groups(&filter.unwrap_or_default()))),
            ("POST", [_, kind]) => self.create(kind, body),
            ("GET", [_, "Users", id]) => {
                self.users.get(*id).map_or((404, Value::Null), |one| (200, one.clone()))
            }
            ("GET", [_, "Groups", id]) => self.groups.get(*id).map_or((404, Value::Null), |(_, members)| {
                let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
                (200, json!({ "id": id, "members": members }))
            }),
            ("PATCH", [_, "Users", id]) => self.users.get_mut(*id).map_or((404, Value::Null), |user| {
                for operation in body["Operations"].as_array().into_iter().flatten() {
                    user[operation["path"].as_str().unwrap_or_default()] = operation["value"].clone();
                }
                (204, Value::Null)
            }),
            ("PATCH", [_, "Groups", id]) => self.change(id, &body),
            _ => (404, Value::Null),
        }
    }

    fn named(&self, group: &str) -> Value {
        let these = self.groups.values().filter(|(there, _)| there["displayName"] == group);
        let names = these.flat_map(|(_, members)| members).filter_map(|id| self.users.get(id));
        names.map(|user| user["userName"].clone()).collect()
    }

    fn create(&mut self, kind: &str, mut body: Value) -> (u16, Value) {
        self.made += 1;
        let id = format!("{}{}", &kind[..1].to_lowercase(), self.made);
        body["id"] = json!(id);
        if kind == "Users" {
            let name = body["userName"].as_str().unwrap_or_default().to_lowercase();
            if self.by_name.contains_key(&name) {
                return (409, json!({ "scimType": "uniqueness" }));
            }
            return (201, self.user(body));
        }
        self.groups.insert(id, (body.clone(), BTreeSet::new()));
        (201, body)
    }

    fn found(&self, filter: &str) -> Vec<Value> {
        let value = filter.split_once(" eq ").map(|(_, value)| value.trim_matches('"')).unwrap_or_default();
        let id = self.by_name.get(value).or_else(|| self.by_name.get(&value.to_lowercase()));
        id.and_then(|id| self.users.get(id)).cloned().into_iter().collect()
    }

    fn found_groups(&self, filter: &str) -> Vec<Value> {
        let values: Vec<&str> = filter
            .split(" and ")
            .filter_map(|part| Some(part.split_once(" eq ")?.1.trim_matches('"')))
            .collect();
        let holds = |id: &str, group: &Value, members: &BTreeSet<String>| match values.as_slice() {
            [wanted, user] => id == *wanted && members.contains(*user),
            [value] => group["externalId"] == *value || group["displayName"] == *value,
            _ => false,
        };
        let these = self.groups.iter().filter(|(id, (group, members))| holds(id, group, members));
        these.map(|(id, (group, _))| json!({ "id": id, "displayName": group["displayName"], "externalId": group["externalId"] })).collect()
    }

    fn change(&mut self, id: &str, body: &Value) -> (u16, Value) {
        let Some((_, members)) = self.groups.get_mut(id) else { return (404, Value::Null) };
        for operation in body["Operations"].as_array().into_iter().flatten() {
            let path = operation["path"].as_str().unwrap_or_default();
            if operation["op"] == "add" {
                let added = operation["value"].as_array().into_iter().flatten();
                members.extend(added.filter_map(|one| one["value"].as_str().map(str::to_owned)));
            } else if let Some(gone) = path.split('"').nth(1) {
                members.remove(gone);
            }
        }
        (204, Value::Null)
    }
}

fn list(found: Vec<Value>) -> Value {
    json!({ "totalResults": found.len(), "Resources": found })
}

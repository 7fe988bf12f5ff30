//! An application of our own that does wrong what real ones were seen to do wrong, on demand.

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing is done: this is answered, with header lines and a body.
    Answer(u16, String, String),
    /// It is done, and the connection dies before the answer.
    Lost,
    /// Nothing is done, and the connection dies.
    Dropped,
    /// It is done, and half of the answer arrives.
    Truncated,
    /// It is done; the answer takes so long.
    Slow(Duration),
}

impl Fault {
    pub fn status(status: u16) -> Self {
        Self::Answer(status, String::new(), String::new())
    }

    pub fn error(status: u16, scim_type: &str) -> Self {
        let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(),
            "scimType": scim_type, "detail": "so it is" });
        Self::Answer(status, String::new(), body.to_string())
    }
}

/// How it is, for good.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Reads a removal with values as one of everybody.
    pub literal: bool,
    /// Keeps twice whom it is told twice.
    pub doubles: bool,
    /// Answers every filter with everything.
    pub ignores_filters: bool,
    pub patches: bool,
    /// Says that it removed somebody and does not.
    pub forgets_removals: bool,
    /// Shows no members.
    pub hides_members: bool,
    /// Its ids are numbers.
    pub numbers: bool,
    /// Of a hundred requests so many are done without an answer.
    pub lossy: u64,
    /// Each answer takes so long.
    pub takes: Duration,
}

impl Default for Manner {
    fn default() -> Self {
        let no = false;
        Self {
            literal: no,
            doubles: no,
            ignores_filters: no,
            patches: true,
            forgets_removals: no,
            hides_members: no,
            numbers: no,
            lossy: 0,
            takes: Duration::ZERO,
        }
    }
}

/// What arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub headers: String,
    pub body: Value,
}

#[derive(Default)]
struct State {
    users: BTreeMap<String, Value>,
    groups: BTreeMap<String, Value>,
    /// Each for the next request that holds this text.
    faults: VecDeque<(String, Fault)>,
    always: Option<Fault>,
    manner: Manner,
    asked: Vec<Asked>,
    token: String,
    made: u64,
    dice: u64,
}

/// The running application.
pub struct Fake {
    at: SocketAddr,
    state: Arc<Mutex<State>>,
    listens: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.listens.abort();
    }
}

pub const TOKEN: &str = "canary-token-of-the-fake-4711";

impl Fake {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let state = State { token: TOKEN.into(), dice: 42, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        let listens = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self { at, state, listens }
    }

    pub fn base(&self) -> String {
        format!("http://{}/scim", self.at)
    }

    pub fn next(&self, fault: Fault) {
        self.when("", fault);
    }

    /// The next request whose line holds this text goes wrong.
    pub fn when(&self, holds: &str, fault: Fault) {
        self.state.lock().unwrap().faults.push_back((holds.into(), fault));
    }

    pub fn always(&self, fault: Option<Fault>) {
        self.state.lock().unwrap().always = fault;
    }

    pub fn manner(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.state.lock().unwrap().manner);
    }

    pub fn token(&self, token: &str) {
        self.state.lock().unwrap().token = token.into();
    }

    /// Waits until a request whose line holds this text arrived.
    pub async fn until(&self, holds: &str) {
        for _ in 0..1_000 {
            if self.asked().iter().any(|asked| asked.line.contains(holds)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody asked for {holds}");
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    pub fn users(&self) -> Vec<Value> {
        self.state.lock().unwrap().users.values().cloned().collect()
    }

    pub fn groups(&self) -> Vec<Value> {
        self.state.lock().unwrap().groups.values().cloned().collect()
    }

    /// Something that was there before us.
    pub fn put(&self, kind: &str, resource: Value) -> String {
        self.state.lock().unwrap().insert(kind, resource)
    }

    /// As somebody does there, by hand.
    pub fn edit_group(&self, id: &str, edit: impl FnOnce(&mut Value)) {
        edit(self.state.lock().unwrap().groups.get_mut(id).unwrap());
    }

    pub fn remove(&self, kind: &str, id: &str) {
        self.state.lock().unwrap().table(kind).remove(id);
    }

    /// The user names in the group of this name, sorted; twice who is in twice.
    pub fn members(&self, group: &str) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let of = |group: &Value| -> Vec<String> {
            let members = group["members"].as_array().cloned().unwrap_or_default();
            let name = |member: &Value| {
                let id = member["value"].as_str().unwrap_or_default();
                state.users.get(id).map_or(id.to_owned(), |u| u["userName"].as_str().unwrap().to_owned())
            };
            members.iter().map(name).collect()
        };
        let groups = state.groups.values().filter(|there| there["displayName"] == group);
        let mut names: Vec<String> = groups.flat_map(of).collect();
        names.sort();
        names
    }
}

impl State {
    fn table(&mut self, kind: &str) -> &mut BTreeMap<String, Value> {
        if kind == "Users" { &mut self.users } else { &mut self.groups }
    }

    fn insert(&mut self, kind: &str, mut resource: Value) -> String {
        self.made += 1;
        let id = match self.manner.numbers {
            true => self.made.to_string(),
            false => format!("{}-{}", &kind[..1].to_lowercase(), self.made),
        };
        resource["id"] = if self.manner.numbers { json!(self.made) } else { json!(id) };
        self.table(kind).insert(id.clone(), resource);
        id
    }

    fn unlucky(&mut self) -> bool {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % 100 < self.manner.lossy
    }

    fn act(&mut self, asked: &Asked) -> (u16, Value) {
        if !asked.headers.contains(&format!("Bearer {}", self.token)) {
            return (401, json!({ "detail": format!("not {}", asked.headers) }));
        }
        let mut line = asked.line.split(' ');
        let (method, address) = (line.next().unwrap(), line.next().unwrap());
        let url = url::Url::parse(&format!("http://fake{address}")).unwrap();
        let parts: Vec<String> = url.path_segments().unwrap().map(str::to_owned).collect();
        let filter =
            url.query_pairs().find(|(name, _)| name == "filter").map(|(_, value)| value.into_owned());
        match (method, parts.get(1).map(String::as_str), parts.get(2)) {
            ("GET", Some("ServiceProviderConfig"), None) => {
                (200, json!({ "patch": { "supported": self.manner.patches } }))
            }
            ("GET", Some(kind @ ("Users" | "Groups")), None) => self.list(kind, filter.as_deref(), &url),
            ("POST", Some(kind @ ("Users" | "Groups")), None) => self.create(kind, asked.body.clone()),
            (method, Some(kind @ ("Users" | "Groups")), Some(id)) => self.one(method, kind, id, &asked.body),
            _ => (404, json!({ "detail": "no such thing" })),
        }
    }

    fn list(&mut self, kind: &str, filter: Option<&str>, url: &url::Url) -> (u16, Value) {
        let ignores = self.manner.ignores_filters;
        let number = |name: &str, usual: usize| {
            let found = url.query_pairs().find(|(n, _)| n == name);
            found.and_then(|(_, value)| value.parse().ok()).unwrap_or(usual)
        };
        let (start, count) = (number("startIndex", 1), number("count", 100));
        let found: Vec<Value> = self
            .table(kind)
            .values()
            .filter(|one| ignores || filter.is_none_or(|filter| holds(one, filter)))
            .cloned()
            .collect();
        let page: Vec<Value> = found.iter().skip(start - 1).take(count).cloned().collect();
        (
            200,
            json!({ "totalResults": found.len(), "startIndex": start, "itemsPerPage": page.len(), "Resources": page }),
        )
    }

    fn create(&mut self, kind: &str, body: Value) -> (u16, Value) {
        let name = body["userName"].as_str().map(str::to_lowercase);
        let taken = kind == "Users"
            && self.users.values().any(|u| u["userName"].as_str().map(str::to_lowercase) == name);
        if taken {
            return (409, json!({ "scimType": "uniqueness", "detail": "taken" }));
        }
        let id = self.insert(kind, body);
        (201, self.table(kind)[&id].clone())
    }

    fn one(&mut self, method: &str, kind: &str, id: &str, body: &Value) -> (u16, Value) {
        let manner = self.manner.clone();
        let Some(there) = self.table(kind).get_mut(id) else {
            return (404, json!({ "detail": "nobody" }));
        };
        match method {
            "GET" => {
                let mut shown = there.clone();
                if manner.hides_members {
                    shown["members"] = json!([]);
                }
                for member in shown["members"].as_array_mut().into_iter().flatten().filter(|_| manner.numbers)
                {
                    member["value"] = json!(member["value"].as_str().unwrap().parse::<u64>().unwrap());
                }
                (200, shown)
            }
            "PUT" => {
                *there = body.clone();
                there["id"] = json!(id);
                (200, there.clone())
            }
            "DELETE" => {
                self.table(kind).remove(id);
                (204, Value::Null)
            }
            "PATCH" if !manner.patches => (501, json!({ "detail": "no PATCH" })),
            "PATCH" => {
                for operation in body["Operations"].as_array().unwrap() {
                    patch(there, operation, &manner);
                }
                (204, Value::Null)
            }
            _ => (405, Value::Null),
        }
    }
}

fn holds(resource: &Value, filter: &str) -> bool {
    filter.split(" and ").all(|part| {
        let (path, value) = part.split_once(" eq ").unwrap();
        let value: String = serde_json::from_str(value.trim_end_matches(']')).unwrap();
        let among = |list: &Value| {
            list.as_array().is_some_and(|all| all.iter().any(|one| one["value"] == value.as_str()))
        };
        match path {
            "members.value" | "members[value" => among(&resource["members"]),
            "emails.value" => among(&resource["emails"]),
            "userName" => resource["userName"].as_str().unwrap_or_default().eq_ignore_ascii_case(&value),
            path => resource[path] == value.as_str(),
        }
    })
}

fn patch(there: &mut Value, operation: &Value, manner: &Manner) {
    let word = operation["op"].as_str().unwrap().to_lowercase();
    let path = operation["path"].as_str().unwrap_or_default();
    let mut members: Vec<Value> = there["members"].as_array().cloned().unwrap_or_default();
    match (word.as_str(), path) {
        ("add", "members") => {
            for member in operation["value"].as_array().unwrap() {
                if manner.doubles || !members.iter().any(|known| known["value"] == member["value"]) {
                    members.push(json!({ "value": member["value"] }));
                }
            }
        }
        ("remove", _) if manner.forgets_removals => {}
        ("remove", "members") if manner.literal => members.clear(),
        ("remove", "members") => {
            let gone = operation["value"].as_array().cloned().unwrap_or_default();
            members.retain(|member| !gone.iter().any(|gone| gone["value"] == member["value"]));
        }
        ("remove", path) => {
            let id = path.strip_prefix("members[value eq ").unwrap().trim_end_matches(']');
            let id: String = serde_json::from_str(id).unwrap();
            members.retain(|member| member["value"] != id.as_str());
        }
        ("replace" | "add", path) if path.starts_with("emails") => {}
        ("replace", path) => there[path] = operation["value"].clone(),
        other => panic!("{other:?}"),
    }
    if path.starts_with("members") {
        there["members"] = json!(members);
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let Some(asked) = request(&mut stream).await else { return };
    let (fault, takes, answer) = {
        let mut state = state.lock().unwrap();
        state.asked.push(asked.clone());
        let unlucky = state.unlucky().then_some(Fault::Lost);
        let usual = state.always.clone();
        let at = state.faults.iter().position(|(holds, _)| asked.line.contains(holds));
        let next = at.and_then(|at| state.faults.remove(at)).map(|(_, fault)| fault);
        let fault = next.or(usual).or(unlucky);
        let answer = match fault {
            Some(Fault::Answer(..) | Fault::Dropped) => (0, Value::Null),
            _ => state.act(&asked),
        };
        (fault, state.manner.takes, answer)
    };
    tokio::time::sleep(takes).await;
    let (status, body) = answer;
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let head = |status: u16, extra: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\n{extra}content-type: application/scim+json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let answer = match fault {
        Some(Fault::Lost | Fault::Dropped) => return,
        Some(Fault::Answer(status, headers, body)) => head(status, &headers, body.len()) + &body,
        Some(Fault::Truncated) => head(status, "", text.len().max(10)) + &text[..text.len() / 2],
        Some(Fault::Slow(time)) => {
            tokio::time::sleep(time).await;
            head(status, "", text.len()) + &text
        }
        None => head(status, "", text.len()) + &text,
    };
    stream.write_all(answer.as_bytes()).await.ok();
}

async fn request(stream: &mut TcpStream) -> Option<Asked> {
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
    let (line, headers) = text.split_once("\r\n")?;
    let length =
        headers.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = bytes[head + 4..].to_vec();
    while body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Asked { line: line.to_owned(), headers: headers.to_owned(), body })
}

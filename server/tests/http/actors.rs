//! The real router in this process, on a real database, with people who use it.

use axum::Router;
use axum::body::{Body, to_bytes};
use domain::ids::PersonId;
use engine::testkit::World;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use server::live::Hub;
use server::measure::Meters;
use server::measure::known::Reading;
use server::measure::scrape::{self, Scrape};
use server::router::router;
use server::session_store::{Limits, Sessions, WHO, Who};
use server::web::Web;
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};

/// The address the site under test believes to have.
pub const ORIGIN: &str = "http://localhost:8080";

/// A site on its own database.
pub struct Site {
    /// The database.
    pub pool: PgPool,
    /// Makes people, groups and policies.
    pub world: World,
    /// Tells open pages to look again, while it runs.
    pub live: Hub,
    /// The port of metrics, which reads anew each time.
    pub metrics: Router,
    router: Router,
}

/// What came back.
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: String,
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends people.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    /// The token of the first form on the page.
    pub fn token(&self) -> String {
        self.field("_token")
    }

    /// The value of the first field of this name on the page.
    pub fn field(&self, name: &str) -> String {
        let field = self.body.split(&format!("name=\"{name}\"")).nth(1).expect("no such field on this page");
        field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

impl Site {
    /// The site on a migrated database.
    pub fn on(pool: PgPool) -> Self {
        Self::with(pool, app::shell::Site::default())
    }

    /// The site as `serve --demo` runs it, with the sample company.
    pub async fn demo(pool: PgPool) -> Self {
        let site = Self::with(pool, app::shell::Site { demo: true, ..Default::default() });
        engine::demo::load(&site.world.engine).await.unwrap();
        site
    }

    fn with(pool: PgPool, site: app::shell::Site) -> Self {
        let world = World::new(&pool);
        let live = Hub::new(world.engine.clone(), Sessions::new(pool.clone(), Limits::default()));
        let meters = Arc::new(Meters::new().unwrap());
        let web = Web {
            engine: world.engine.clone(),
            live: live.clone(),
            meters: Some(Arc::clone(&meters)),
            site: Arc::new(site),
            site_dir: "missing".into(),
            proxies: Arc::new([]),
            limits: Limits::default(),
        };
        let reading = Reading::new(pool.clone(), Duration::ZERO);
        let engines = vec![("web", world.engine.clone())];
        let metrics = scrape::router(Scrape { meters, reading, engines, live: Some(live.clone()) });
        Self { pool, world, live, metrics, router: router(&web) }
    }

    /// All rows of a table as one word: another one when anything in it is another.
    pub async fn stored(&self, table: &str) -> String {
        let sql = format!(
            "select count(*)::text || coalesce(md5(string_agg(t::text, '' order by t::text)), '') from {table} t"
        );
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.pool).await.unwrap()
    }

    /// A new person with a session that has passed both factors.
    pub async fn signed_in(&self, name: &str) -> Browser {
        self.browser_of(self.world.person(name).await).await
    }

    /// A browser in which this person has passed both factors.
    pub async fn browser_of(&self, person: PersonId) -> Browser {
        let who = Who {
            user_id: Some(person.0),
            stage: "full".into(),
            mfa_method: Some("totp".into()),
            ..Who::default()
        };
        let data = [(WHO.to_owned(), serde_json::to_value(who).unwrap())].into();
        let mut record = Record { id: Id::default(), data, expiry_date: OffsetDateTime::UNIX_EPOCH };
        Sessions::new(self.pool.clone(), Limits::default()).create(&mut record).await.unwrap();
        let mut browser = self.visitor();
        browser.cookies.insert("sid".to_owned(), record.id.to_string());
        browser
    }

    /// Somebody with a fresh browser.
    pub fn visitor(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }
}

/// A browser: keeps cookies and says where its requests come from.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    /// Its cookies.
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Opens a page and sends the form on it to the same address.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(path).await.token();
        let mut fields = fields.to_vec();
        fields.push(("_token", &token));
        self.post(path, &fields).await
    }

    /// Takes the audit out as a file; `query` is the filter, as on the page of the audit. `code` is that of its reader.
    pub async fn export(&mut self, query: &str, format: &str, code: &str) -> Answer {
        let path = format!("/audit/export?{query}");
        let page = self.get(&path).await;
        if page.status != StatusCode::OK {
            return page;
        }
        let hidden = ["from", "to", "kind", "about", "person", "group", "role"];
        let hidden = hidden.into_iter().filter(|name| page.body.contains(&format!("name=\"{name}\"")));
        let hidden: Vec<_> = hidden.map(|name| (name, page.field(name))).collect();
        let token = page.token();
        let mut fields = vec![("_token", token.as_str()), ("format", format), ("code", code)];
        fields.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
        self.post(&path, &fields).await
    }

    /// Sends fields as a form of our own pages would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request =
            Request::post(path).header("sec-fetch-site", "same-origin").header(header::ORIGIN, ORIGIN);
        self.send(form(request, fields)).await
    }

    /// Sends any request with the cookies of this browser; what is sent back is still to be read.
    pub async fn open(&self, mut request: Request<Body>) -> Response<Body> {
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, pairs.join("; ").parse().unwrap());
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends any request with the cookies of this browser.
    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

/// A request with a form in it.
pub fn form(request: http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let kind = "application/x-www-form-urlencoded";
    request.method(Method::POST).header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()
}

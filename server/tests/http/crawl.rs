//! Walks through the whole site by its links, as each persona, with the names and words that a hostile person would
//! choose, and sends every form it finds with more of them.

use crate::actors::{Answer, Browser, Site};
use engine::demo::shown;
use engine::testkit::hostile::hostile;
use http::StatusCode;
use sqlx::PgPool;
use std::collections::{BTreeSet, VecDeque};

/// Ends a textarea, an attribute, a tag and a comment; turns the direction of writing round.
const HOSTILE: &str =
    "</textarea></title><script>alert(1)</script>\"><img src=x onerror=alert(1)>' --> \u{202e}&amp;";

/// Most pages that are visited as one person.
const MOST: usize = 150;

/// Everything people wrote or are called becomes hostile.
async fn poison(pool: &PgPool) {
    let fields = [
        ("users", "display_name"),
        ("users", "department"),
        ("groups", "display_name"),
        ("groups", "description"),
        ("requests", "reason"),
        ("requests", "ticket"),
        ("access_reviews", "name"),
        ("access_review_rounds", "name"),
        ("assignments", "reason"),
    ];
    for (table, field) in fields {
        // history is closed to everybody; only the owner of the tables can open it for a moment
        // every row another one: the words behind it are those that were there
        let texts: Vec<String> =
            [HOSTILE.to_owned()].into_iter().chain(hostile()).map(|text| quoted(&text)).collect();
        let sql = format!(
            "alter table {table} disable trigger user; \
             update {table} set {field} = left((array[{}])[1 + abs(hashtext({table}::text)) % {}] || {field}, 100); \
             alter table {table} enable trigger user",
            texts.join(", "),
            texts.len(),
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.unwrap();
    }
}

/// As a literal of SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What is wrong with a page.
fn look(path: &str, who: &str, answer: &Answer, wrong: &mut BTreeSet<String>) {
    if answer.status.is_server_error() || answer.header("content-security-policy").is_empty() {
        wrong.insert(format!("{path} as {who}: {}", answer.status));
    }
    if !answer.header("content-type").starts_with("text/html") {
        return;
    }
    for never in [
        "<script>alert",
        "<img src=x",
        "<svg/",
        " style=\"",
        " onclick=",
        "href=\"javascript:",
        "<a href=\"http://evil",
    ] {
        if let Some(at) = answer.body.find(never) {
            let start = answer.body.floor_char_boundary(at.saturating_sub(200));
            let near: String = answer.body[start..].chars().take(300).collect();
            wrong.insert(format!("{path} as {who}: {never} in …{near}…"));
        }
    }
    if answer.body.matches("<h1").count() != 1 && !answer.body.is_empty() {
        wrong.insert(format!("{path} as {who}: not exactly one h1 ({})", answer.status));
    }
}

/// The addresses of our own that a page links to.
fn links(page: &str) -> impl Iterator<Item = String> + '_ {
    let links = page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links
        .filter(|link| link.starts_with('/') && !link.starts_with("/pkg") && !link.starts_with("/favicon"))
        .map(|link| link.split('#').next().unwrap_or_default().replace("&amp;", "&"))
}

/// The forms that a page posts to itself: the names of their fields.
fn forms(page: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    let forms = page.split("<form method=\"post\"").skip(1).filter_map(|rest| rest.split("</form>").next());
    forms.filter(|form| !form.split('>').next().unwrap_or_default().contains("action=")).map(|form| {
        let names = form.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next());
        names.filter(|name| *name != "_token").map(str::to_owned).collect()
    })
}

async fn walk(browser: &mut Browser, who: &str, wrong: &mut BTreeSet<String>) {
    let start = ("/access".to_owned(), String::new());
    let (mut seen, mut todo) = (BTreeSet::new(), VecDeque::from([start]));
    while let Some((path, from)) = todo.pop_front() {
        if seen.len() >= MOST || !seen.insert(path.clone()) {
            continue;
        }
        let answer = browser.get(&path).await;
        look(&path, who, &answer, wrong);
        if answer.status == StatusCode::NOT_FOUND {
            wrong.insert(format!("{from} as {who} leads to {path}, which is not there"));
        }
        todo.extend(links(&answer.body).map(|link| (link, path.clone())));
        if path.ends_with("/delete") {
            continue; // it would be done, and every link to it would lead nowhere
        }
        for names in forms(&answer.body) {
            let token = answer.token();
            let mut fields: Vec<_> = names.iter().map(|name| (name.as_str(), HOSTILE)).collect();
            fields.push(("_token", &token));
            let refused = browser.post(&path, &fields).await;
            look(&path, who, &refused, wrong);
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn hostile_words_stay_words_on_every_page(pool: PgPool) {
    let site = Site::demo(pool.clone()).await;
    poison(&pool).await;
    let mut wrong = BTreeSet::new();
    for one in shown(&site.world.engine).await.unwrap() {
        let mut browser = site.browser_of(one.person).await;
        walk(&mut browser, one.persona.user_name, &mut wrong).await;
    }
    assert!(
        wrong.is_empty(),
        "{} findings:\n{}",
        wrong.len(),
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
}

//! Nothing is changed by opening an address, however often, by whomever: mail programs, previews and the curious open links before
//! anybody reads them (field-cases.md C30, I-24).

use crate::actors::{Browser, Site};
use crate::guarded::filled;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use server::router::pages;
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Everything that is stored, but for sessions, which come with every visit.
async fn state(site: &Site) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' \
           and table_name not in ('sessions', '_sqlx_migrations') order by 1",
    )
    .fetch_all(&site.pool)
    .await
    .unwrap();
    let mut state = Vec::new();
    for table in tables {
        let one = site.stored(&table).await;
        state.push((table, one));
    }
    state
}

/// Opens it as programs do that look ahead, so many times.
async fn look_ahead(browser: &mut Browser, path: &str, times: usize) -> StatusCode {
    let mut last = StatusCode::OK;
    for method in [Method::HEAD, Method::GET].into_iter().cycle().take(times) {
        let ahead = Request::builder().method(method).uri(path);
        let ahead = ahead.header("sec-purpose", "prefetch;prerender").header("purpose", "prefetch");
        last = browser.send(ahead.body(Body::empty()).unwrap()).await.status;
    }
    last
}

/// Whose mail it is, and where its links lead.
async fn links(site: &Site) -> BTreeSet<(Uuid, String)> {
    engine::mail::once(&site.world.engine, true).await.unwrap();
    let mails: Vec<(Uuid, String)> =
        sqlx::query_as("select person_id, body from mails where person_id is not null and body <> ''")
            .fetch_all(&site.pool)
            .await
            .unwrap();
    let base = &site.world.engine.settings.public_url;
    let of = |(person, body): (Uuid, String)| {
        let words: Vec<String> = body.split_whitespace().map(str::to_owned).collect();
        words.into_iter().filter_map(move |word| Some((person, word.strip_prefix(base.as_str())?.to_owned())))
    };
    mails.into_iter().flat_map(of).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn c30_no_link_of_a_mail_does_anything_however_often_it_is_opened(pool: PgPool) {
    let site = Site::demo(pool).await;
    // what waits in the demo is asked again, with its links to where it is decided
    let asked = "insert into notices (kind, principal_id, target_id, request_id) \
        select 'asked', principal_id, target_id, id from requests where status = 'PendingApproval'";
    sqlx::query(asked).execute(&site.pool).await.unwrap();
    let links = links(&site).await;
    let decides = links.iter().filter(|(_, path)| path.starts_with("/approvals/")).count();
    assert!(links.len() > 10 && decides > 1, "{links:?}");
    let before = state(&site).await;
    for (person, path) in &links {
        let away = look_ahead(&mut site.visitor(), path, 5).await;
        assert_eq!(away, StatusCode::SEE_OTHER, "{path} for nobody leads to sign-in");
        let mut reader = site.browser_of(domain::ids::PersonId(*person)).await;
        let seen = look_ahead(&mut reader, path, 5).await;
        assert!(seen == StatusCode::OK || seen == StatusCode::NOT_FOUND, "{path}: {seen}");
    }
    assert_eq!(state(&site).await, before);
}

#[sqlx::test(migrations = "../migrations")]
async fn i_24_no_page_changes_anything_by_being_opened(pool: PgPool) {
    let site = Site::demo(pool).await;
    let people = engine::demo::shown(&site.world.engine).await.unwrap();
    let before = state(&site).await;
    for shown in
        people.iter().filter(|shown| ["aino.virtanen", "ben.lindqvist"].contains(&shown.persona.user_name))
    {
        let mut browser = site.browser_of(shown.person).await;
        for path in pages() {
            let named = [("/groups/{key}", "/groups/prod-db-admins"), ("{user}", "amara.okafor")];
            let path = named.iter().fold(path, |path, (place, name)| path.replace(place, name));
            look_ahead(&mut browser, &filled(&path), 2).await;
        }
    }
    assert_eq!(state(&site).await, before);
}

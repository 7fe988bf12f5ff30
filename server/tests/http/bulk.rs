//! Many assignments from lists and from an uploaded sheet, as a browser sends them.

use crate::actors::{Answer, Browser, Site};
use axum::body::Body;
use domain::policy::Policy;
use domain::target::Access;
use engine::testkit::open_policy;
use http::{Request, StatusCode, header};
use sqlx::PgPool;

/// Olga owns `vault` and `forge`; Ann and Ben are people.
async fn stage(pool: PgPool) -> (Site, Browser) {
    let site = Site::on(pool);
    let olga = site.world.person("Olga Owner").await;
    for name in ["Ann", "Ben"] {
        site.world.person(name).await;
    }
    for name in ["vault", "forge"] {
        let group = site.world.group(name).await;
        let mut policy: Policy = open_policy();
        policy.eligible.permanent = true;
        site.world.policy(site.world.target(group, Access::Member).await, policy).await;
        site.world.standing(olga, site.world.target(group, Access::Owner).await).await;
    }
    let browser = site.browser_of(olga).await;
    (site, browser)
}

async fn given(site: &Site) -> i64 {
    site.world.count("select count(*) from assignments where created_by is not null").await
}

/// Sends a form with files: `parts` are fields, files with their name.
async fn upload(browser: &mut Browser, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(
            format!("--cut\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    let request = Request::post("/assign/sheet")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .body(Body::from(body));
    browser.send(request.unwrap()).await
}

#[sqlx::test(migrations = "../migrations")]
async fn lists_are_shown_line_by_line_agreed_to_and_done(pool: PgPool) {
    let (site, mut olga) = stage(pool).await;
    let page = olga.get("/assign?what=vault").await;
    assert!(page.body.contains("vault</textarea>"), "what was ticked stands in the form");
    let lists = [
        ("who", "ann; Ben <BEN>\nnobody"),
        ("what", "vault\nforge"),
        ("role", "member"),
        ("kind", "eligible"),
        ("until", "never"),
        ("reason", "<b>rota</b>"),
    ];
    let send = |token: &str, more: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        let lists = lists.iter().map(|(name, value)| (*name, (*value).to_owned()));
        lists.chain([("_token", token.to_owned())]).chain(more.iter().cloned()).collect()
    };
    let fields = send(&page.token(), &[]);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = olga.post("/assign", &fields).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(
        shown.body.contains("4 would be assigned, 2 refused.") && shown.body.contains("Assign 4\u{a0}lines")
    );
    assert!(
        shown.body.contains("&lt;b&gt;rota") && !shown.body.contains("<b>rota"),
        "typed text is only text"
    );
    assert_eq!(given(&site).await, 0);

    let last =
        [("agreed", shown.field("agreed")), ("form", shown.field("form")), ("assign", "true".to_owned())];
    let fields = send(&shown.token(), &last);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let done = olga.post("/assign", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(given(&site).await, 4);
    let result = done.to().to_owned();
    assert!(olga.get(&result).await.body.contains("4 of 6 assigned"));
    let file = olga.get(&format!("{result}/result.csv")).await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"pimento-assigned.csv\"");
    assert_eq!((file.body.lines().count(), file.body.matches("\"refused\"").count()), (7, 2));
    let mut other = site.signed_in("Nosy").await;
    for somebody_elses in
        [result.clone(), format!("{result}/result.csv"), "/assign".into(), "/assign/sheet".into()]
    {
        assert_eq!(other.get(&somebody_elses).await.status, StatusCode::NOT_FOUND, "{somebody_elses}");
    }
    let again = olga.post("/assign", &fields).await;
    assert_eq!((again.to(), given(&site).await), (result.as_str(), 4), "sent twice, done once (I-08)");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_uploaded_sheet_is_shown_can_be_mended_and_is_done(pool: PgPool) {
    let (site, mut olga) = stage(pool).await;
    let token = olga.get("/assign/sheet").await.token();
    let sheet = b"principal;target;kind;reason\r\nann;vault;eligible;S\xf8ren is ill\r\nben;forge;often;\r\n";
    let parts: [(&str, Option<&str>, &[u8]); 3] = [
        ("_token", None, token.as_bytes()),
        ("sheet", None, b"old"),
        ("sheet_file", Some("rota.csv"), sheet),
    ];
    let shown = upload(&mut olga, &parts).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(
        shown.body.contains("1 would be assigned, 1 refused.") && shown.body.contains("S\u{f8}ren is ill")
    );
    assert!(shown.body.contains("The kind is eligible or active."));

    let mended = "principal;target;kind;reason\nann;vault;eligible;S\u{f8}ren is ill\nben;forge;eligible;";
    let (agreed, form, token) = (shown.field("agreed"), shown.field("form"), shown.token());
    let parts = |agreed: &str| {
        let words = [
            ("_token", &*token),
            ("sheet", mended),
            ("agreed", agreed),
            ("form", &*form),
            ("assign", "true"),
        ];
        words.map(|(name, value)| (name, value.to_owned()))
    };
    let sent = parts(&agreed);
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, None, value.as_bytes())).collect();
    let other = upload(&mut olga, &sent).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "not what was agreed to");
    assert!(
        other.body.contains("2 would be assigned, none refused.")
            && other.body.contains("ben;forge;eligible")
    );
    assert_eq!(given(&site).await, 0);
    let sent = parts(&other.field("agreed"));
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, None, value.as_bytes())).collect();
    assert_eq!(upload(&mut olga, &sent).await.status, StatusCode::SEE_OTHER);
    assert_eq!(given(&site).await, 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_sheet_comes_back_with_a_reason_and_forged_or_broken_uploads_do_nothing(pool: PgPool) {
    let (site, mut olga) = stage(pool).await;
    let token = olga.get("/assign/sheet").await.token();
    let sheet: &[u8] = b"principal,target,kind\nann,vault,eligible";
    let forged = upload(&mut olga, &[("_token", None, b"x"), ("sheet_file", Some("a.csv"), sheet)]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "SEC: security.md 6.6");
    let none =
        upload(&mut olga, &[("_token", None, token.as_bytes()), ("sheet_file", Some("a.csv"), b"PK\x03\0")])
            .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("This is no sheet"));
    let large = vec![b'a'; 4 * 1024 * 1024];
    let large =
        upload(&mut olga, &[("_token", None, token.as_bytes()), ("sheet_file", Some("a.csv"), &large)]).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(given(&site).await, 0);
}

//! Access reviews in a browser: planned, decided, applied, taken away as a file.

use crate::actors::Site;
use domain::role::Role;
use domain::target::Access;
use http::StatusCode;
use sqlx::PgPool;
use uuid::Uuid;

/// What the form of a sheet brings back of one assignment.
fn mark(sheet: &str, item: &str) -> String {
    let mark = sheet.split(&format!("value=\"{item}:")).nth(1).expect("no such row on this sheet");
    format!("{item}:{}", mark.split('"').next().unwrap())
}

#[sqlx::test(migrations = "../migrations")]
async fn a_review_is_planned_decided_and_applied_without_scripts_and_nothing_typed_is_lost(pool: PgPool) {
    let site = Site::on(pool.clone());
    let world = &site.world;
    let [olga, ann, ben] = [world.person("olga").await, world.person("ann").await, world.person("ben").await];
    let admin = world.person("admin").await;
    world.role(admin, Role::GroupsAdministrator).await;
    let group = world.group("vault").await;
    let (member, owner) =
        (world.target(group, Access::Member).await, world.target(group, Access::Owner).await);
    world.standing(olga, owner).await;
    world.eligible(ann, member).await;
    world.standing(ben, member).await;
    let (mut manager, mut reviewer) = (site.browser_of(admin).await, site.browser_of(olga).await);

    assert!(!reviewer.get("/access").await.body.contains("href=\"/reviews\""), "nothing to review, no entry");
    let form = "/groups/vault/reviews/new";
    let id = engine::testkit::key().to_string();
    let mut fields = vec![
        ("form", id.as_str()),
        ("name", "Who may open =the vault"),
        ("members", "true"),
        ("owners", "true"),
        ("eligible", "true"),
        ("standing", "true"),
        ("reviewers", "owners"),
        ("every", "once"),
        ("days", "14"),
        ("undecided", "keep"),
        ("apply", "hand"),
    ];
    let refused = manager.submit(form, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Name who reviews where no owner can.") && refused.body.contains("=the vault")
    );
    let fallback = admin.to_string();
    fields.push(("fallback[]", fallback.as_str()));
    let planned = manager.submit(form, &fields).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    let board = planned.to().to_owned();
    assert!(manager.get(&board).await.body.contains("Planned."));

    assert!(reviewer.get("/access").await.body.contains("href=\"/reviews\""));
    let number: i64 =
        sqlx::query_scalar("select number from access_review_rounds").fetch_one(&pool).await.unwrap();
    let sheet = format!("/reviews/{number}");
    assert!(reviewer.get("/reviews").await.body.contains(&format!("href=\"{sheet}\"")));
    let page = reviewer.get(&sheet).await;
    assert!(page.body.contains("Never activated") && !page.body.contains("Decision about <bdi>olga"));
    let ids: Vec<(Uuid, String)> = sqlx::query_as(
        "select i.id, u.user_name from access_review_items i join users u on u.id = i.principal_id \
         where u.user_name in ('ann', 'ben') order by u.user_name",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let (first, second) = (ids[0].0.to_string(), ids[1].0.to_string());
    let opened = page.field("opened");
    let (items, approve, deny) = (
        [mark(&page.body, &first), mark(&page.body, &second)],
        format!("{first} approve"),
        format!("{second} deny"),
    );
    let sent = |reason: &'static str| {
        vec![
            ("opened", opened.clone()),
            ("item[]", items[0].clone()),
            ("choice[0]", approve.clone()),
            ("reason[]", String::new()),
            ("item[]", items[1].clone()),
            ("choice[1]", deny.clone()),
            ("reason[]", reason.to_owned()),
        ]
    };
    let typed = sent("");
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = reviewer.submit(&sheet, &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Say why it should go."));
    assert_eq!(refused.body.matches(" checked").count(), 2, "what was chosen stands there again");
    assert_eq!(refused.field("opened"), opened, "the time that deciding takes goes on");
    let typed = sent("@left the team");
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let saved = reviewer.submit(&sheet, &typed).await;
    assert_eq!((saved.status, saved.to()), (StatusCode::SEE_OTHER, sheet.as_str()), "{}", saved.body);
    let body = reviewer.get("/access").await.body;
    assert!(!body.contains("waiting for you"), "nothing is left for her");
    assert!(body.contains("href=\"/reviews\""), "and she can change it until the end");

    let mut stranger = site.browser_of(ann).await;
    for path in [
        sheet.as_str(),
        board.as_str(),
        &format!("{sheet}/recommended"),
        &format!("{board}/export.csv?round=1"),
    ] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(manager.get(&board).await.body.contains("Nothing is applied yet."));
    let (end, apply) = ([("what", "end"), ("round", "1")], [("what", "apply"), ("round", "1")]);
    assert_eq!(manager.submit(&board, &end).await.status, StatusCode::SEE_OTHER);
    assert!(manager.get(&board).await.body.contains("Takes away 1\u{a0}assignment"));
    assert_eq!(manager.submit(&board, &apply).await.status, StatusCode::SEE_OTHER);
    let after = manager.get(&board).await.body;
    assert!(after.contains("Applied.") && after.contains("Removed") && after.contains("left the team"));
    assert!(!world.is_member(ben, group).await && manager.submit(&board, &apply).await.status == 422);
    let file = manager.get(&format!("{board}/export.csv?round=1")).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    assert_eq!(file.body.lines().count(), 4);
    assert!(file.body.contains("\"'@left the team\"") && file.body.contains("\"removed\""), "{}", file.body);
}

#[sqlx::test(migrations = "../migrations")]
async fn all_that_is_recommended_is_shown_before_it_is_approved(pool: PgPool) {
    let site = Site::demo(pool.clone()).await;
    let ben: Uuid = sqlx::query_scalar("select id from users where user_name = 'ben.lindqvist'")
        .fetch_one(&pool)
        .await
        .unwrap();
    let mut ben = site.browser_of(domain::ids::PersonId(ben)).await;
    let number: i64 =
        sqlx::query_scalar("select number from access_review_rounds").fetch_one(&pool).await.unwrap();
    let path = format!("/reviews/{number}/recommended");
    let page = ben.get(&path).await;
    let (opened, seen) = (page.field("opened"), page.field("seen"));
    let other = ben.submit(&path, &[("opened", &opened), ("seen", "else")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "only what was shown");
    let done = ben.submit(&path, &[("opened", &opened), ("seen", &seen)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let approved: i64 = sqlx::query_scalar(
        "select count(*) from access_review_items where decision = 'approve' and recommended = 'keep'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(page.body.contains(&format!("Approve {approved}\u{a0}assignments")));
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_overwrites_unseen_what_another_reviewer_said(pool: PgPool) {
    let site = Site::on(pool.clone());
    let world = &site.world;
    let [olga, otto, ann] =
        [world.person("olga").await, world.person("otto").await, world.person("ann").await];
    let group = world.group("vault").await;
    let owner = world.target(group, Access::Owner).await;
    world.standing(olga, owner).await;
    world.standing(otto, owner).await;
    world.eligible(ann, world.target(group, Access::Member).await).await;
    let (mut one, mut other) = (site.browser_of(olga).await, site.browser_of(otto).await);
    let (id, fallback) = (engine::testkit::key().to_string(), ann.to_string());
    let plan = [
        ("form", id.as_str()),
        ("name", "Who may open the vault"),
        ("members", "true"),
        ("eligible", "true"),
        ("reviewers", "owners"),
        ("fallback[]", fallback.as_str()),
        ("every", "once"),
        ("days", "14"),
        ("undecided", "keep"),
        ("apply", "self"),
    ];
    let board = one.submit("/groups/vault/reviews/new", &plan).await.to().to_owned();
    let number: i64 =
        sqlx::query_scalar("select number from access_review_rounds").fetch_one(&pool).await.unwrap();
    let item: Uuid = sqlx::query_scalar("select id from access_review_items").fetch_one(&pool).await.unwrap();
    let (sheet, item) = (format!("/reviews/{number}"), item.to_string());
    let (hers, his) = (one.get(&sheet).await, other.get(&sheet).await);
    let says = |page: &str, opened: String, choice: &str, reason: &'static str| {
        [
            ("opened", opened),
            ("item[]", mark(page, &item)),
            ("choice[0]", format!("{item} {choice}")),
            ("reason[]", reason.to_owned()),
        ]
    };
    let deny = says(&hers.body, hers.field("opened"), "deny", "Left the team");
    let deny: Vec<(&str, &str)> = deny.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(one.submit(&sheet, &deny).await.status, StatusCode::SEE_OTHER);
    let keep = says(&his.body, his.field("opened"), "approve", "Needs it");
    let keep: Vec<(&str, &str)> = keep.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = other.submit(&sheet, &keep).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Left the team") && !refused.body.contains("Needs it"));
    assert!(mark(&refused.body, &item).starts_with(&format!("{item}:1:")));
    let unchanged = says(&refused.body, refused.field("opened"), "deny", "Left the team");
    let unchanged: Vec<(&str, &str)> =
        unchanged.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(other.submit(&sheet, &unchanged).await.status, StatusCode::SEE_OTHER);
    let end = [("what", "end"), ("round", "1")];
    let asked = one.submit(&board, &end).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("I know that 1\u{a0}assignment would go at once"));
    let sure = [("what", "end"), ("round", "1"), ("sure", "true")];
    assert_eq!(one.submit(&board, &sure).await.status, StatusCode::SEE_OTHER);
    let outcome: String =
        sqlx::query_scalar("select outcome from access_review_items").fetch_one(&pool).await.unwrap();
    assert_eq!(outcome, "removed");
}

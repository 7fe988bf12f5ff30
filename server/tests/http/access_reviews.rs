//! Access reviews in a browser: planned, decided, applied, taken away as a file.

use crate::actors::Site;
use domain::role::Role;
use domain::target::Access;
use http::StatusCode;
use sqlx::PgPool;
use uuid::Uuid;

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
    let (items, approve, deny) =
        ([format!("{first}:0"), format!("{second}:0")], format!("{first} approve"), format!("{second} deny"));
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
    let typed = sent("@left the team");
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let saved = reviewer.submit(&sheet, &typed).await;
    assert_eq!((saved.status, saved.to()), (StatusCode::SEE_OTHER, sheet.as_str()), "{}", saved.body);
    assert!(!reviewer.get("/access").await.body.contains("waiting for you"), "nothing is left for her");

    let mut stranger = site.browser_of(ann).await;
    for path in [
        sheet.as_str(),
        board.as_str(),
        &format!("{sheet}/recommended"),
        &format!("{board}/export.csv?round=1"),
    ] {
        assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(manager.submit(&board, &[("what", "end")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(manager.submit(&board, &[("what", "apply")]).await.status, StatusCode::SEE_OTHER);
    let after = manager.get(&board).await.body;
    assert!(after.contains("Removed") && after.contains("left the team"));
    assert!(
        !world.is_member(ben, group).await
            && manager.submit(&board, &[("what", "apply")]).await.status == 422
    );
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
    let (opened, count) = (page.field("opened"), page.field("count"));
    let other = ben.submit(&path, &[("opened", &opened), ("count", "1")]).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "only as many as were shown");
    let done = ben.submit(&path, &[("opened", &opened), ("count", &count)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let approved: i64 = sqlx::query_scalar(
        "select count(*) from access_review_items where decision = 'approve' and recommended = 'keep'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(approved.to_string(), count);
}

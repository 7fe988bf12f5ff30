//! Break glass in a browser: offered where approval stands in the way, seen by who watches, closed by somebody else.

use crate::actors::Site;
use domain::duration::Minutes;
use domain::policy::Policy;
use domain::role::Role;
use domain::target::Access;
use engine::testkit::{approved_by, key};
use http::StatusCode;
use sqlx::PgPool;

#[sqlx::test(migrations = "../migrations")]
async fn it_is_offered_used_seen_and_reviewed(pool: PgPool) {
    let site = Site::on(pool.clone());
    let world = &site.world;
    let (ann, ben) = (world.person("ann").await, world.person("ben").await);
    let watcher = world.person("watcher").await;
    world.role(watcher, Role::SecurityReader).await;
    world.factor(ann).await;
    let target = world.target(world.group("vault").await, Access::Member).await;
    let policy = Policy { break_glass: Some(Minutes::hours(1)), ..approved_by(&[ben], 1) };
    world.policy(target, policy).await;
    world.eligible(ann, target).await;

    let (mut ann_sees, mut watcher_sees) = (site.browser_of(ann).await, site.browser_of(watcher).await);
    let form = "/access/break-glass?pick=vault.member";
    assert!(
        ann_sees.get("/access/activate?pick=vault.member").await.body.contains(&format!("href=\"{form}\""))
    );
    assert!(ann_sees.get(form).await.body.contains("For emergencies only."));
    let fields =
        |reason, code| [("pick", "vault.member"), ("length", "PT30M"), ("reason", reason), ("code", code)];
    let (id, code) = (key().to_string(), world.code(ann).await);
    let mut short = fields("down", code.as_str()).to_vec();
    short.push(("key", &id));
    let refused = ann_sees.submit("/access/break-glass?pick=vault.member", &short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut good = fields("The billing run hangs, nobody answers", code.as_str()).to_vec();
    good.push(("key", &id));
    let done = ann_sees.submit("/access/break-glass?pick=vault.member", &good).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/access"));
    assert!(ann_sees.get("/access").await.body.contains("Glass broken."));
    assert!(ann_sees.get(form).await.body.contains("nobody has reviewed that yet"));

    let number: i64 = sqlx::query_scalar("select number from requests").fetch_one(&pool).await.unwrap();
    let review = format!("/break-glass/R-{number}");
    let list = watcher_sees.get("/break-glass").await.body;
    assert!(list.contains("not reviewed") && list.contains(&format!("href=\"{review}\"")));
    assert!(!ann_sees.get(&review).await.body.contains("name=\"finding\""), "never her own");
    let nothing = watcher_sees.submit(&review, &[("finding", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let closed = watcher_sees.submit(&review, &[("finding", "The run was down, she restarted it")]).await;
    assert_eq!((closed.status, closed.header("location")), (StatusCode::SEE_OTHER, "/break-glass"));
    assert!(ann_sees.get(&review).await.body.contains("she restarted it"));
    let mut stranger = site.browser_of(ben).await;
    assert_eq!(stranger.get(&review).await.status, StatusCode::NOT_FOUND);
}

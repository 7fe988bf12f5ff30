//! Pages of people and groups, on the sample of a directory export with every awkward name in it.

use crate::actors::{Browser, Site};
use domain::role::Role;
use engine::act::import_directory::{Input, import_directory_as};
use engine::ctx::By;
use engine::import::read::File;
use http::StatusCode;
use sqlx::PgPool;

/// The sample company, and a browser of somebody with this role.
async fn contoso(pool: &PgPool, role: Role) -> Browser {
    let file = |name: &str| {
        let path = format!("{}/../end2end/data/contoso/{name}", env!("CARGO_MANIFEST_DIR"));
        File { name: name.into(), bytes: std::fs::read(path).unwrap() }
    };
    let files = ["users.json", "groups.json", "roleAssignments.json"].map(file).to_vec();
    let site = Site::on(pool.clone());
    let input = Input { files, agreed: None };
    import_directory_as(&site.world.engine, &By::system("test"), &input).await.unwrap();
    let anna = site.world.person("anna").await;
    site.world.role(anna, role).await;
    site.browser_of(anna).await
}

async fn names(pool: &PgPool, query: &'static str) -> Vec<String> {
    sqlx::query_scalar(query).fetch_all(pool).await.unwrap()
}

/// No stranger's words have become markup.
fn is_only_text(body: &str) {
    for markup in ["<b>bold</b>", "<script>alert", "=\"Robert\");"] {
        assert!(!body.contains(markup), "{markup}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_person_has_a_page_whatever_her_user_name(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GlobalAdministrator).await;
    for user_name in names(&pool, "select user_name from users").await {
        let address = app::pages::people::address(&user_name);
        let answer = anna.get(&address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        is_only_text(&answer.body);
        if address.contains('%') {
            for page in ["/edit", "/disable"] {
                assert_eq!(
                    anna.get(&format!("{address}{page}")).await.status,
                    StatusCode::OK,
                    "{address}{page}"
                );
            }
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_group_has_its_pages_and_lists_turn(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GlobalAdministrator).await;
    for key in names(&pool, "select key from groups").await {
        let overview = anna.get(&format!("/groups/{key}")).await.body;
        for page in ["people", "membership"] {
            assert!(overview.contains(&format!("href=\"/groups/{key}/{page}\"")), "{key}/{page} is a tab");
            let answer = anna.get(&format!("/groups/{key}/{page}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{key}/{page}");
            is_only_text(&answer.body);
        }
    }
    for list in [
        "/groups",
        "/people",
        "/groups/discover",
        "/search?q=an",
        "/search",
        "/groups?show=managed",
        "/people?q=%3Cb",
    ] {
        let answer = anna.get(list).await;
        assert_eq!(answer.status, StatusCode::OK, "{list}");
        is_only_text(&answer.body);
    }
    let first = anna.get("/people").await.body;
    let next = first.split("href=\"/people?after=").nth(1).unwrap().split('"').next().unwrap();
    let second = anna.get(&format!("/people?after={next}")).await.body;
    assert!(!second.contains("Adele Mueller") && second.contains("?before="));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_exact_key_or_user_name_leads_straight_to_its_page(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GlobalReader).await;
    let answer = anna.get("/search?q=crm-users").await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/groups/crm-users"));
    let answer = anna.get("/search?q=guest_tailspin.example%23EXT%23@contoso.example").await;
    assert_eq!(answer.to(), "/people/guest_tailspin.example%23EXT%23@contoso.example");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_person_is_created_edited_disabled_and_enabled_by_forms(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GlobalAdministrator).await;
    let name = "<b>Ünal</b> & \"Co\"";
    let fields = [("display_name", name), ("user_name", "ünal#1 x"), ("user_type", "guest")];
    let answer = anna.submit("/people/new", &fields).await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/people/%C3%BCnal%231%20x"));
    let page = anna.get("/people/%C3%BCnal%231%20x").await.body;
    assert!(page.contains("&lt;b&gt;Ünal&lt;/b&gt;") && !page.contains("<b>Ünal"));
    let again = anna.submit("/people/new", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Somebody has, or had, this user name") && again.body.contains("ünal#1 x"));
    let edited = [("display_name", "Ünal"), ("user_name", "unal"), ("user_type", "member")];
    let answer = anna.submit("/people/%C3%BCnal%231%20x/edit", &edited).await;
    assert_eq!(answer.to(), "/people/unal");
    let answer = anna.submit("/people/unal/disable", &[("reason", "left")]).await;
    assert_eq!(answer.to(), "/people/unal");
    assert!(anna.get("/people/unal").await.body.contains("Disabled"));
    let answer = anna.submit("/people/unal/disable", &[("reason", "again")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(anna.submit("/people/unal/enable", &[]).await.to(), "/people/unal");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_group_is_created_edited_and_filled_by_forms(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GlobalAdministrator).await;
    let fields = [("display_name", "Night <shift>"), ("kind", "security")];
    assert_eq!(anna.submit("/groups/new", &fields).await.to(), "/groups/night-shift");
    let edited = [("display_name", "Night shift"), ("description", "</textarea><script>alert(1)</script>")];
    assert_eq!(anna.submit("/groups/night-shift/edit", &edited).await.to(), "/groups/night-shift");
    is_only_text(&anna.get("/groups/night-shift/edit").await.body);
    let who = Site::on(pool.clone()).world.person("ben").await.to_string();
    let add = [("principal", who.as_str()), ("access", "member")];
    let answer = anna.submit("/groups/night-shift/membership", &add).await;
    assert_eq!(answer.to(), "/groups/night-shift/membership");
    let page = anna.get("/groups/night-shift/membership").await.body;
    assert!(page.contains("is inside now") && page.contains("/membership/remove?access=member"));
    let answer = anna.submit("/groups/night-shift/membership", &add).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let remove = format!("/groups/night-shift/membership/remove?access=member&who={who}");
    let token = anna.get(&remove).await.token();
    let fields = [("_token", token.as_str()), ("access", "member"), ("who", &who)];
    let answer = anna.post("/groups/night-shift/membership/remove", &fields).await;
    assert_eq!(answer.to(), "/groups/night-shift/membership");
    assert!(anna.get("/groups/night-shift/membership").await.body.contains("Nobody is inside"));
}

#[sqlx::test(migrations = "../migrations")]
async fn groups_are_brought_in_and_those_that_can_not_be_are_told(pool: PgPool) {
    let mut anna = contoso(&pool, Role::GroupsAdministrator).await;
    let page = anna.get("/groups/discover?q=legacy").await.body;
    assert!(page.contains("It comes from another directory. Manage it there."));
    let fields = [("pick[]", "crm-users"), ("pick[]", "legacy-vpn-users")];
    let answer = anna.submit("/groups/discover", &fields).await;
    assert_eq!((answer.status, answer.to()), (StatusCode::SEE_OTHER, "/groups/discover"));
    let page = anna.get("/groups/discover").await.body;
    assert!(page.contains("legacy-vpn-users: It comes from another directory"));
    assert!(anna.get("/groups?show=managed").await.body.contains("crm-users"));
    let answer = anna.submit("/groups/discover", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_may_not_look_finds_nothing_there(pool: PgPool) {
    contoso(&pool, Role::GlobalReader).await;
    let mut ben = Site::on(pool.clone()).signed_in("ben").await;
    for path in [
        "/people",
        "/people/new",
        "/people/anna",
        "/people/anna/edit",
        "/people/anna/disable",
        "/groups/new",
        "/groups/crm-users/people",
        "/groups/crm-users/membership",
        "/groups/crm-users/edit",
        "/groups/nobody-knows/people",
    ] {
        assert_eq!(ben.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/groups", "/groups/discover", "/search?q=anna", "/people/ben"] {
        assert_eq!(ben.get(path).await.status, StatusCode::OK, "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn groups_and_people_are_deleted_and_restored_from_their_pages(pool: PgPool) {
    let site = Site::on(pool.clone());
    let (admin, ann) = (site.world.person("admin").await, site.world.person("ann").await);
    site.world.role(admin, Role::GlobalAdministrator).await;
    site.world.group("old-team").await;
    let mut browser = site.browser_of(admin).await;
    let user_name: String = sqlx::query_scalar("select user_name from users where id = $1")
        .bind(ann.0)
        .fetch_one(&pool)
        .await
        .unwrap();
    let person = app::pages::people::address(&user_name);
    for (page, list, deleted) in
        [("/groups/old-team", "/groups", "/groups/deleted"), (person.as_str(), "/people", "/people/deleted")]
    {
        let ask = format!("{page}/delete");
        assert!(browser.get(page).await.body.contains(&format!("href=\"{ask}\"")));
        let gone = browser.submit(&ask, &[("reason", "Not used any more")]).await;
        assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, list));
        assert_eq!(browser.get(page).await.status, StatusCode::NOT_FOUND);
        let back = format!("{page}/restore");
        assert!(browser.get(deleted).await.body.contains(&format!("href=\"{back}\"")));
        let there = browser.submit(&back, &[]).await;
        assert_eq!((there.status, there.header("location")), (StatusCode::SEE_OTHER, page));
        assert_eq!(browser.get(page).await.status, StatusCode::OK);
        assert_eq!(browser.get(&back).await.status, StatusCode::NOT_FOUND, "it is not deleted any more");
    }
}

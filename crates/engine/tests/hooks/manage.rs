//! Making, changing and taking away; who may; what stays secret.

use super::receiver::{Answer, Receiver};
use super::{Input, cast, everything};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::refusal::Code;
use domain::role::Role;
use domain::webhook::signature;
use engine::act::create_hook::create_hook;
use engine::act::delete_hook::delete_hook;
use engine::act::edit_hook::edit_hook;
use engine::act::renew_hook_secret::renew_hook_secret;
use engine::act::switch_hook::switch_hook;
use engine::ask::hooks;
use engine::audit::anchors::{self, Signing};
use engine::{Engine, Settings, hook};
use secrecy::SecretSlice;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_secret_and_the_one_before_both_sign_for_a_day(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    let code = cast.world.code(cast.root).await;
    let ctx = cast.world.ctx(cast.root).await;
    let new = renew_hook_secret(&cast.world.engine, &ctx, made.id, &code).await.unwrap();
    assert_ne!(new, made.secret);
    cast.happens("first").await;
    cast.round().await;
    let secrets =
        [&new, &made.secret].map(|text| STANDARD.decode(text.strip_prefix("whsec_").unwrap()).unwrap());
    let expected = |secrets: &[Vec<u8>], taken: &super::receiver::Taken| {
        let at = taken.header("webhook-timestamp").parse().unwrap();
        signature::header(secrets, taken.header("webhook-id"), at, taken.body.as_bytes())
    };
    let first = receiver.only();
    assert_eq!(first.header("webhook-signature"), expected(&secrets, &first));

    cast.world.sql("update hooks set old_until = clock() - interval '1 second'").await;
    cast.happens("second").await;
    cast.round().await;
    let last = receiver.taken().last().unwrap().clone();
    assert_eq!(
        last.header("webhook-signature"),
        expected(&secrets[..1], &last),
        "a day later only the new one"
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn secrets_are_sealed_and_nowhere_else(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.make(&everything("Ledger", "json", receiver.address("/services/T0/hidden-part"))).await;
    cast.happens("once").await;
    cast.round().await;
    let raw = made.secret.strip_prefix("whsec_").unwrap();
    let whole: String = sqlx::query_scalar(
        "select coalesce((select string_agg(h::text, ' ') from hooks h), '') || coalesce((select string_agg(d::text, ' ') \
         from hook_deliveries d), '') || coalesce((select string_agg(e::text, ' ') from audit_events e), '')",
    )
    .fetch_one(&cast.world.engine.pool)
    .await
    .unwrap();
    let hex: String = STANDARD.decode(raw).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    for secret in [raw, &hex, "hidden-part"] {
        assert!(!whole.contains(secret), "{secret} stands in the database");
    }
    assert!(
        receiver.taken().iter().all(|taken| !taken.body.contains(raw) && !taken.body.contains("hidden-part"))
    );
    assert!(!receiver.taken().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn only_administrators_of_the_product_say_where_events_go(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    let (engine, rita) = (&cast.world.engine, cast.world.person("Rita").await);
    cast.world.factor(rita).await;
    cast.world.role(rita, Role::GlobalReader).await;
    let ctx = cast.world.ctx(rita).await;
    assert_eq!(hooks::hooks(engine, &ctx).await.unwrap().len(), 1, "who reads all reads this");
    let input = everything("Other", "json", receiver.address("/in"));
    let code = cast.world.code(rita).await;
    let refusals = [
        create_hook(engine, &ctx, &input, &code).await.map(drop),
        edit_hook(engine, &ctx, made.id, 1, &input, &code).await,
        renew_hook_secret(engine, &ctx, made.id, &code).await.map(drop),
        switch_hook(engine, &ctx, made.id, false).await,
        delete_hook(engine, &ctx, made.id).await,
        engine::act::test_hook::test_hook(engine, &ctx, made.id).await,
        engine::act::resend_delivery::resend_delivery(engine, &ctx, made.id, None).await.map(drop),
    ];
    for refused in refusals {
        assert_eq!(refused.unwrap_err().refusals()[0].code, Code::NotFound);
    }
    let nobody = cast.world.ctx(cast.world.person("Ned").await).await;
    assert!(hooks::hooks(engine, &nobody).await.is_err());
    assert!(receiver.taken().is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_wrong_is_said_at_once_and_takes_no_code(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    cast.hook("Ledger", &receiver).await;
    let (engine, ctx) = (&cast.world.engine, cast.world.ctx(cast.root).await);
    let code = cast.world.code(cast.root).await;
    let nothing = create_hook(engine, &ctx, &Input::default(), &code).await.unwrap_err();
    let fields: Vec<_> = nothing.refusals().iter().filter_map(|refusal| refusal.field.clone()).collect();
    assert_eq!(fields, ["name", "address", "format", "topics"]);
    let inside = everything("Inside", "json", "https://169.254.169.254/latest".into());
    assert_eq!(
        create_hook(engine, &ctx, &inside, &code).await.unwrap_err().refusals()[0].code,
        Code::BadValue
    );
    let good = |name: &str| everything(name, "json", receiver.address("/in"));
    let taken = create_hook(engine, &ctx, &good("LEDGER"), &code).await.unwrap_err();
    assert_eq!(taken.refusals()[0].code, Code::Taken);
    let without = create_hook(engine, &ctx, &good("Other"), "").await.unwrap_err();
    assert_eq!(without.refusals()[0].code, Code::ProofMissing);
    create_hook(engine, &ctx, &good("Other"), &code).await.expect("the code is still good");
    let refused = "select count(*) from audit_events where action = 'hook-created' and outcome = 'refused'";
    assert_eq!(cast.world.count(refused).await, 4);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hook_tells_what_was_chosen_from_the_moment_it_was_made(pool: PgPool) {
    let (cast, receiver, calm) = (cast(&pool).await, Receiver::start().await, Receiver::start().await);
    cast.happens("before").await;
    let input = everything("Started", "json", receiver.address("/in"));
    let made =
        cast.make(&Input { topics: vec!["mail-started".into(), "hook-created".into()], ..input }).await;
    let input = everything("Calm", "json", calm.address("/in"));
    cast.make(&Input { topics: vec!["hook-created".into()], refusals: false, ..input }).await;
    cast.happens("after").await;
    let ctx = cast.world.ctx(cast.root).await;
    create_hook(&cast.world.engine, &ctx, &Input::default(), "").await.unwrap_err();
    cast.round().await;
    let kinds = |receiver: &Receiver| {
        let mut kinds: Vec<String> = receiver
            .taken()
            .iter()
            .map(|t| {
                format!(
                    "{} {}",
                    t.json()["type"].as_str().unwrap(),
                    t.json()["data"]["outcome"].as_str().unwrap()
                )
            })
            .collect();
        kinds.sort();
        kinds
    };
    assert_eq!(
        kinds(&receiver),
        ["hook-created done", "hook-created done", "hook-created refused", "mail-started done"]
    );
    assert_eq!(kinds(&calm), ["hook-created done"], "no refusals");

    let code = cast.world.code(cast.root).await;
    let input = Input {
        address: String::new(),
        topics: vec!["mail-stopped".into()],
        ..everything("Stopped", "json", String::new())
    };
    edit_hook(&cast.world.engine, &ctx, made.id, 1, &input, &code).await.unwrap();
    let late = edit_hook(&cast.world.engine, &ctx, made.id, 1, &input, &code).await.unwrap_err();
    assert_eq!(late.refusals()[0].code, Code::ChangedMeanwhile);
    cast.happens("changed").await;
    cast.round().await;
    assert_eq!(receiver.taken().last().unwrap().json()["type"], "mail-stopped", "to the address it had");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_hook_sends_nothing_and_stays_in_the_audit(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let made = cast.hook("Ledger", &receiver).await;
    receiver.next(Answer::status(500));
    cast.world.sql("update hooks set failures = 1").await;
    cast.happens("once").await;
    cast.round().await;
    let ctx = cast.world.ctx(cast.root).await;
    delete_hook(&cast.world.engine, &ctx, made.id).await.unwrap();
    assert!(hooks::hooks(&cast.world.engine, &ctx).await.unwrap().is_empty());
    let unknown = [
        hooks::managed(&cast.world.engine, &ctx, made.id).await.map(drop),
        switch_hook(&cast.world.engine, &ctx, made.id, false).await,
        delete_hook(&cast.world.engine, &ctx, made.id).await,
        engine::act::test_hook::test_hook(&cast.world.engine, &ctx, made.id).await,
        engine::act::resend_delivery::resend_delivery(&cast.world.engine, &ctx, made.id, None)
            .await
            .map(drop),
    ];
    for refused in unknown {
        assert_eq!(refused.unwrap_err().refusals()[0].code, Code::NotFound);
    }
    let sealed = "select count(*) from hooks where length(address) + length(secret) > 0";
    assert_eq!(cast.world.count(sealed).await, 0, "nothing secret is kept");
    cast.round().await;
    assert_eq!(receiver.taken().len(), 1, "the second was due, and stays here");
    assert_eq!(cast.world.count("select count(*) from hook_deliveries").await, 0);
    assert_eq!(cast.world.count("select count(*) from hooks").await, 0);
    let told = "select count(*) from audit_events where action in ('hook-created', 'hook-deleted') and facts ->> 'name' = 'Ledger'";
    assert_eq!(cast.world.count(told).await, 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn sec_44_anchors_leave_the_house_as_lines_that_verify(pool: PgPool) {
    let (cast, receiver) = (cast(&pool).await, Receiver::start().await);
    let signing = Signing::new(&SecretSlice::from(vec![5_u8; 32]), None).unwrap();
    let public = signing.public();
    let settings = Settings { anchors: Some(signing), ..(*cast.world.engine.settings).clone() };
    let engine = Engine::new(pool.clone(), settings);
    cast.hook("Vault", &receiver).await;
    let made = anchors::make(&engine).await.unwrap().expect("an anchor");
    hook::once(&engine).await.unwrap();
    hook::once(&engine).await.unwrap();
    let body = receiver.only().json();
    assert_eq!(body["type"], "audit-anchor");
    let anchor: domain::audit::anchor::Anchor =
        serde_json::from_value(body["data"]["anchor"].clone()).unwrap();
    assert_eq!(anchor, made);
    anchor.check(&public).expect("its signature holds");
}

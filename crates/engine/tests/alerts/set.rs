//! What raises alerts.

use crate::stage::*;
use engine::act::set_alerts::{Input, set_alerts, threshold};
use std::collections::{BTreeMap, BTreeSet};

/// Everything on and as at first, but for these thresholds.
fn form(based_on: i32, changed: &[(Kind, Unit, &str)]) -> Input {
    let all = Kind::ALL
        .iter()
        .flat_map(|kind| kind.limits().iter().map(|limit| ((*kind, limit.unit), limit.first.to_string())));
    let mut limits: BTreeMap<_, _> = all.collect();
    limits.extend(changed.iter().map(|(kind, unit, text)| ((*kind, *unit), (*text).to_owned())));
    let on: BTreeSet<Kind> = Kind::ALL.iter().copied().collect();
    Input { based_on, on, limits, reason: "Agreed in the review of March".into() }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_threshold_that_is_lowered_opens_at_the_next_count_and_is_audited_with_both_values(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("db", 3, 0).await;
    assert_eq!(stage.open(Kind::TooManyStanding).await, []);
    let gwen = stage.world.ctx(stage.gwen).await;
    let lower = form(0, &[(Kind::TooManyStanding, Unit::Count, "3")]);
    assert_eq!(set_alerts(&stage.world.engine, &gwen, lower).await.unwrap(), 1);
    assert_eq!(alert::count(&stage.world.engine, None).await.unwrap(), 2, "new settings are counted at once");
    assert_eq!(stage.open(Kind::TooManyStanding).await.len(), 1);
    let said = "select count(*) from audit_events where action = 'alert-settings-saved' and facts ->> 'changes' like '%at least: 5 → 3.%'";
    assert_eq!(stage.world.count(said).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_kind_that_is_switched_off_closes_what_was_open(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    stage.held("db", 5, 0).await;
    assert_eq!(stage.open(Kind::TooManyStanding).await.len(), 1);
    let gwen = stage.world.ctx(stage.gwen).await;
    let mut off = form(0, &[]);
    off.on.remove(&Kind::TooManyStanding);
    off.on.remove(&Kind::NoWorker);
    set_alerts(&stage.world.engine, &gwen, off).await.unwrap();
    assert_eq!(stage.open(Kind::TooManyStanding).await, []);
    stage.world.sql("delete from workers").await;
    alert::miss_worker(&stage.world.engine).await.unwrap();
    assert_eq!(stage.ever(Kind::NoWorker).await, 1, "this one is always on");
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_saves_upon_an_older_version_loses_nothing_of_the_newer(pool: PgPool) {
    let stage = Stage::new(&pool).await;
    let gwen = stage.world.ctx(stage.gwen).await;
    let save = async |based_on, days| {
        set_alerts(&stage.world.engine, &gwen, form(based_on, &[(Kind::StaleEligibility, Unit::Days, days)]))
            .await
    };
    assert_eq!(save(0, "60").await.unwrap(), 1);
    assert_eq!(codes(save(0, "30").await), [Code::SavedMeanwhile]);
    assert_eq!(codes(save(1, "60").await), [Code::NothingChanged]);
    assert_eq!(codes(save(1, "0").await), [Code::BadValue]);
    let (one, two) = tokio::join!(save(1, "40"), save(1, "50"));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(stage.world.count("select count(*) from alert_settings").await, 2);
    let reader = stage.world.ctx(stage.rita).await;
    assert_eq!(codes(set_alerts(&stage.world.engine, &reader, form(2, &[])).await), [Code::NotFound]);
    assert!(threshold("too-many-standing-share").is_ok());
    assert_eq!(codes(threshold("too-many-standing-days")), [Code::BadInput]);
}

//! What is so now, written anew for each scrape: what is gone has no number any more.

use super::known::Known;
use super::{lane, words};
use crate::live::Hub;
use domain::alert::Kind;
use engine::Engine;
use metrics::{counter, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

/// Numbers of the database are whole, and far below what a double holds exactly.
fn whole(number: i64) -> f64 {
    number as f64
}

/// The numbers of now, as monitoring reads them.
pub(super) fn render(known: &Known, engines: &[(&'static str, Engine)], live: Option<&Hub>) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    with_local_recorder(&recorder, || {
        words::describe();
        gauge!("pimento_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
        if let Some(live) = live {
            gauge!("pimento_live_pages").set(u32::try_from(live.listening()).unwrap_or(u32::MAX));
        }
        for (name, engine) in engines {
            process(name, engine);
        }
        database(known);
    });
    recorder.handle().render()
}

/// What the process knows of itself. The engine counts these by itself, from its start.
fn process(name: &'static str, engine: &Engine) {
    let pool = &engine.pool;
    let most = pool.options().get_max_connections();
    gauge!("pimento_pool_connections", "pool" => name).set(pool.size());
    gauge!("pimento_pool_idle_connections", "pool" => name)
        .set(u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
    gauge!("pimento_pool_max_connections", "pool" => name).set(most);
    let waits = engine.pulse.waits();
    for (began, times) in [("at-once", waits.at_once), ("late", waits.late), ("never", waits.never)] {
        counter!("pimento_pool_transactions_total", "pool" => name, "began" => began).absolute(times);
    }
    for (worker, beat) in engine.pulse.loops() {
        counter!("pimento_worker_rounds_total", "worker" => worker).absolute(beat.rounds);
        counter!("pimento_worker_failures_total", "worker" => worker).absolute(beat.failures);
        gauge!("pimento_worker_last_success_age_seconds", "worker" => worker)
            .set(beat.well.elapsed().as_secs_f64());
    }
}

fn database(known: &Known) {
    gauge!("pimento_database_up").set(u8::from(known.up));
    for (part, up) in &known.parts {
        gauge!("pimento_database_part_up", "part" => *part).set(u8::from(*up));
    }
    audit(known);
    for outbox in &known.outboxes {
        let way = outbox.way.clone();
        gauge!("pimento_outbox_waiting", "way" => way.clone()).set(whole(outbox.waiting));
        gauge!("pimento_outbox_oldest_age_seconds", "way" => way.clone()).set(outbox.oldest_age);
        gauge!("pimento_outbox_failed", "way" => way).set(whole(outbox.failed));
    }
    alerts(known);
    provisioning(known);
}

fn audit(known: &Known) {
    let Some(audit) = &known.audit else { return };
    gauge!("pimento_audit_position").set(whole(audit.position));
    gauge!("pimento_audit_anchored_position").set(whole(audit.anchored));
    gauge!("pimento_audit_verified_position").set(whole(audit.verified));
    if let Some(age) = audit.anchor_age {
        gauge!("pimento_audit_anchor_age_seconds").set(age);
    }
    gauge!("pimento_audit_unanchored_age_seconds").set(audit.unanchored_age);
    gauge!("pimento_audit_tampered").set(u8::from(audit.tampered));
    gauge!("pimento_audit_spool_events").set(whole(audit.spooled));
}

/// Every kind has a number, so that one that opens is seen to rise.
fn alerts(known: &Known) {
    let Some(alerts) = &known.alerts else { return };
    for kind in Kind::ALL {
        let found = alerts.iter().find(|alerts| alerts.kind == kind.wire());
        let (open, acknowledged) = found.map_or((0, 0), |found| (found.open, found.acknowledged));
        gauge!("pimento_alerts", "kind" => kind.wire(), "state" => "open").set(whole(open));
        gauge!("pimento_alerts", "kind" => kind.wire(), "state" => "acknowledged").set(whole(acknowledged));
    }
}

fn provisioning(known: &Known) {
    for application in &known.applications {
        let name = application.name.clone();
        let lanes = [
            (true, application.removals, application.removals_age),
            (false, application.grants, application.grants_age),
        ];
        for (removal, pending, age) in lanes {
            let labels = [("application", name.clone()), ("lane", lane(removal).to_owned())];
            gauge!("pimento_provisioning_pending", &labels).set(whole(pending));
            gauge!("pimento_provisioning_oldest_pending_age_seconds", &labels).set(age);
        }
        gauge!("pimento_provisioning_quarantined", "application" => name.clone())
            .set(u8::from(application.quarantined));
        gauge!("pimento_provisioning_off", "application" => name.clone()).set(u8::from(application.off));
        gauge!("pimento_provisioning_drift_members", "application" => name).set(whole(application.drift));
    }
}

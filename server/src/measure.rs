//! Metrics for an operator's monitoring, on a port of their own. [`Meters`] counts what this process does and what happened since
//! it began; [`known`] reads what there is from the database, at most every few seconds; [`scrape`] puts both together.
//!
//! Labels hold routes, kinds, codes and names of applications: nothing that grows with people or requests.

mod gauges;
pub mod known;
pub mod scrape;
pub mod words;

use axum::http::StatusCode;
use domain::audit::Event;
use domain::refusal::Code;
use engine::ask::measured::news::News;
use metrics::{SharedString, counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::time::Duration;

/// Bounds of how long answers take, in seconds: pages take milliseconds, and nothing is waited for longer than half a minute.
const ANSWERED: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// Bounds of how long it takes until an application has confirmed something, in seconds: five are promised, days are possible.
const APPLIED: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 86400.0];

/// What is counted from the start of this process on.
pub struct Meters {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Meters {
    /// Everything that can happen begins at zero, so that the first time is an increase.
    ///
    /// # Errors
    /// The bounds of a histogram are none.
    pub fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("pimento_http_request_duration_seconds".into()), &ANSWERED)?
            .set_buckets_for_metric(Matcher::Full("pimento_provisioning_apply_seconds".into()), &APPLIED)?
            .build_recorder();
        let handle = recorder.handle();
        let meters = Self { recorder, handle };
        meters.within(|| {
            words::describe();
            for event in Event::ALL {
                for outcome in ["done", "refused"] {
                    counter!("pimento_audit_events_total", "event" => event.wire(), "outcome" => outcome)
                        .increment(0);
                }
            }
            for code in Code::ALL {
                counter!("pimento_refusals_total", "code" => code.wire()).increment(0);
            }
        });
        Ok(meters)
    }

    /// Counts a request.
    pub fn answered(&self, method: &'static str, route: String, status: StatusCode, took: Duration) {
        let route = SharedString::from(route);
        let class = format!("{}xx", status.as_u16() / 100);
        self.within(|| {
            counter!("pimento_http_requests_total", "method" => method, "route" => route.clone(), "status" => class)
                .increment(1);
            histogram!("pimento_http_request_duration_seconds", "method" => method, "route" => route).record(took);
        });
    }

    /// Counts what happened in the whole installation.
    pub fn happened(&self, news: News) {
        self.within(|| {
            for (event, outcome, times) in news.events {
                counter!("pimento_audit_events_total", "event" => event, "outcome" => outcome)
                    .increment(count(times));
            }
            for (code, times) in news.refusals {
                counter!("pimento_refusals_total", "code" => code).increment(count(times));
            }
            for (application, class, times) in news.answers {
                counter!("pimento_provisioning_answers_total", "application" => application, "class" => class)
                    .increment(count(times));
            }
            for (application, times) in news.removed {
                counter!("pimento_provisioning_drift_removed_total", "application" => application)
                    .increment(count(times));
            }
            for (application, removal, seconds) in news.applied {
                let lane = lane(removal);
                histogram!("pimento_provisioning_apply_seconds", "application" => application, "lane" => lane)
                    .record(seconds);
            }
        });
    }

    /// Takes in what was counted since the last time. Otherwise it would pile up where nobody asks.
    pub fn tidy(&self) {
        self.handle.run_upkeep();
    }

    /// As monitoring reads it.
    fn render(&self) -> String {
        self.handle.render()
    }

    fn within(&self, counting: impl FnOnce()) {
        with_local_recorder(&self.recorder, counting);
    }
}

/// The word of a lane of provisioning.
fn lane(removal: bool) -> &'static str {
    if removal { "removal" } else { "grant" }
}

fn count(times: i64) -> u64 {
    u64::try_from(times).unwrap_or_default()
}

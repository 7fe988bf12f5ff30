//! Every metric there is, with what it says. `docs/operations.md` lists the same names.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// What kind of number it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Only grows, from zero at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many were how long.
    Histogram,
}

use Kind::{Counter, Gauge, Histogram};

/// Names, kinds, and what they say.
pub const ALL: &[(&str, Kind, &str)] = &[
    ("pimento_build_info", Gauge, "The version of this process; always 1."),
    ("pimento_http_requests_total", Counter, "Requests answered by this process."),
    ("pimento_http_request_duration_seconds", Histogram, "How long answers of this process took to begin."),
    ("pimento_live_pages", Gauge, "Open pages that listen to this process."),
    ("pimento_pool_connections", Gauge, "Connections to the database that this process has open."),
    ("pimento_pool_idle_connections", Gauge, "Of these, those that nobody uses."),
    ("pimento_pool_max_connections", Gauge, "Most connections that this process opens."),
    ("pimento_pool_transactions_total", Counter, "Transactions of use cases, by how they began."),
    ("pimento_worker_rounds_total", Counter, "Rounds of a background loop that went well."),
    ("pimento_worker_failures_total", Counter, "Rounds of a background loop that failed."),
    ("pimento_worker_last_success_age_seconds", Gauge, "Time since a loop's last round that went well."),
    ("pimento_database_up", Gauge, "The database answered."),
    ("pimento_database_part_up", Gauge, "This part of the metrics could be read from the database."),
    ("pimento_audit_events_total", Counter, "Events of the audit, of all servers, since this process began."),
    ("pimento_refusals_total", Counter, "Reasons of refusals, of all servers, since this process began."),
    ("pimento_audit_position", Gauge, "The last position of the chain of the audit."),
    ("pimento_audit_anchored_position", Gauge, "The position that the last anchor covers."),
    ("pimento_audit_verified_position", Gauge, "The position up to which the chain was found whole."),
    ("pimento_audit_anchor_age_seconds", Gauge, "Age of the last anchor."),
    ("pimento_audit_unanchored_age_seconds", Gauge, "Age of the first event that no anchor covers."),
    ("pimento_audit_tampered", Gauge, "The verification found something that was changed."),
    ("pimento_audit_spool_events", Gauge, "Events that wait until the audit can be written."),
    ("pimento_outbox_waiting", Gauge, "Mails or deliveries of webhooks that wait."),
    ("pimento_outbox_oldest_age_seconds", Gauge, "Age of the oldest of them."),
    ("pimento_outbox_failed", Gauge, "Mails or deliveries given up and not deleted yet."),
    ("pimento_alerts", Gauge, "Alerts that are not closed."),
    ("pimento_provisioning_pending", Gauge, "People to be worked on in an application."),
    ("pimento_provisioning_oldest_pending_age_seconds", Gauge, "For how long the first of them has waited."),
    ("pimento_provisioning_quarantined", Gauge, "The application is in quarantine."),
    ("pimento_provisioning_off", Gauge, "Provisioning of the application is switched off."),
    ("pimento_provisioning_drift_members", Gauge, "Members without a grant, as the last comparison found."),
    (
        "pimento_provisioning_drift_removed_total",
        Counter,
        "Of these, those taken out since this process began.",
    ),
    ("pimento_provisioning_answers_total", Counter, "Answers of the application since this process began."),
    ("pimento_provisioning_apply_seconds", Histogram, "From the change here to the confirmation there."),
];

/// Tells whatever is counting here.
pub(super) fn describe() {
    for (name, kind, words) in ALL {
        match kind {
            Counter => describe_counter!(*name, *words),
            Gauge => describe_gauge!(*name, *words),
            Histogram => describe_histogram!(*name, *words),
        }
    }
}

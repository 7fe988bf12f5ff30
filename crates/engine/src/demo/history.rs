//! What people at Larkfield Energy did in the last months: activations on working days, and some that came to nothing.

use super::past::{self, Asked};
use super::story::Story;
use crate::Result;
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use domain::activation::Status;
use domain::approval::Verdict;
use domain::duration::Minutes;
use domain::target::Access::Member;

/// Somebody's use of a group: every so many days, so many times, for so long, from this hour on.
struct Habit {
    person: &'static str,
    group: &'static str,
    every: i64,
    times: i64,
    hour: i64,
    minutes: u32,
    approver: Option<&'static str>,
    /// Taken in turn.
    reasons: &'static [(&'static str, &'static str)],
}

const DATABASE: &[(&str, &str)] = &[
    ("Replica lag on billing-2, checking the replication slots", "INC-47102"),
    ("Vacuum of the settlement tables after the month closed", "CHG-2107"),
    ("Slow query on invoices, need the plan on production", "INC-47390"),
];
const CLUSTER: &[(&str, &str)] = &[
    ("Settlement pods crash after the release", "INC-47211"),
    ("Rollback of the metering service", "CHG-2155"),
    ("Reading logs of the stuck import job", "INC-47544"),
];
const DASHBOARDS: &[(&str, &str)] = &[
    ("Alert tuning for the storm week", ""),
    ("New panel for the wind park", ""),
    ("Fix a broken query", ""),
];
const ZONES: &[(&str, &str)] =
    &[("New record for the status page", ""), ("Moving mail to the new relay", "")];
const ROTA: &[(&str, &str)] = &[("", "")];
const CUSTOMERS: &[(&str, &str)] = &[("Merging two accounts of one customer", "CRM-118")];
const INVOICES: &[(&str, &str)] = &[("Invoices for the external audit", "AUD-31")];

const HABITS: &[Habit] = &[
    habit("mei-ling.chen", "prod-db-admins", (8, 11), (8, 60), Some("ben.lindqvist"), DATABASE),
    habit("amara.okafor", "prod-db-admins", (13, 6), (9, 120), Some("cleo.marchetti"), DATABASE),
    habit("yuki.tanaka", "prod-db-admins", (30, 2), (10, 60), Some("ben.lindqvist"), DATABASE),
    habit("fatima.elidrissi", "prod-db-admins", (21, 4), (11, 180), Some("cleo.marchetti"), DATABASE),
    habit("dmitri.sokolov", "prod-db-admins", (17, 5), (7, 240), Some("ben.lindqvist"), DATABASE),
    habit("amara.okafor", "k8s-prod-breakfix", (11, 8), (13, 120), Some("soren.dahl"), CLUSTER),
    habit("yuki.tanaka", "k8s-prod-breakfix", (5, 16), (8, 120), Some("soren.dahl"), CLUSTER),
    habit("lukasz.wisniewski", "k8s-prod-breakfix", (16, 5), (12, 90), Some("cleo.marchetti"), CLUSTER),
    habit("amara.okafor", "grafana-editors", (4, 20), (7, 120), None, DASHBOARDS),
    habit("mei-ling.chen", "grafana-editors", (9, 9), (12, 60), None, DASHBOARDS),
    habit("amara.okafor", "dns-editors", (19, 4), (14, 30), None, ZONES),
    habit("lukasz.wisniewski", "dns-editors", (24, 3), (9, 60), None, ZONES),
    habit("yuki.tanaka", "pager-overrides", (14, 6), (6, 480), None, ROTA),
    habit("jose.alvarez", "crm-admins", (6, 13), (8, 120), None, CUSTOMERS),
    habit("minhkhai.nguyen", "billing-exports", (28, 3), (9, 60), Some("cleo.marchetti"), INVOICES),
    habit("fatima.elidrissi", "billing-exports", (33, 2), (13, 120), Some("ben.lindqvist"), INVOICES),
];

const fn habit(
    person: &'static str,
    group: &'static str,
    (every, times): (i64, i64),
    (hour, minutes): (i64, u32),
    approver: Option<&'static str>,
    reasons: &'static [(&'static str, &'static str)],
) -> Habit {
    Habit { person, group, every, times, hour, minutes, approver, reasons }
}

pub(super) async fn tell(story: &mut Story<'_>) -> Result<()> {
    // the oldest first, so that request numbers grow with time
    let mut days: Vec<(DateTime<Utc>, i64, &Habit)> = Vec::new();
    for habit in HABITS {
        days.extend((1..=habit.times).map(|k| (start(story.now, habit, k), k, habit)));
    }
    days.sort_by_key(|(start, ..)| *start);
    let mut failures = FAILURES.iter().peekable();
    for (start, k, habit) in days {
        while let Some(failure) = failures.next_if(|failure| story.days_ago(failure.days_ago) < start) {
            failed(story, failure).await?;
        }
        once(story, habit, start, k).await?;
    }
    for failure in failures {
        failed(story, failure).await?;
    }
    Ok(())
}

/// The k-th last time, on a working day, never at the same minute.
fn start(now: DateTime<Utc>, habit: &Habit, k: i64) -> DateTime<Utc> {
    let day = (now - TimeDelta::days(k * habit.every)).date_naive();
    let back = match day.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    let day = (day - TimeDelta::days(back)).and_time(NaiveTime::MIN).and_utc();
    day + TimeDelta::hours(habit.hour) + TimeDelta::seconds(k * 1_117 % 3_000)
}

async fn once(story: &mut Story<'_>, habit: &Habit, start: DateTime<Utc>, k: i64) -> Result<()> {
    let turn = usize::try_from(k).unwrap_or_default();
    let (reason, ticket) = habit.reasons.get(turn % habit.reasons.len()).copied().unwrap_or_default();
    let waited = TimeDelta::seconds(if habit.approver.is_some() { 150 + k * 437 % 1_900 } else { 0 });
    let asked = Asked {
        person: habit.person,
        group: habit.group,
        access: Member,
        at: start - waited,
        start: None,
        length: Minutes(habit.minutes),
        reason,
        ticket,
    };
    let filed = past::ask(story, &asked).await?;
    let words = if k % 3 == 0 { "Fine, thanks for the ticket." } else { "" };
    if let Some(approver) = habit.approver {
        filed.vote(story, approver, Verdict::Approve, words, start).await?;
    }
    // some give it back when they are done
    let early = TimeDelta::minutes(i64::from(habit.minutes) * 2 / 3);
    let back = (k % 4 == 0).then_some(start + early);
    filed.grant(story, habit.approver, words, start, Minutes(habit.minutes), back).await
}

/// A request that came to nothing.
struct Failure {
    days_ago: i64,
    person: &'static str,
    group: &'static str,
    reason: &'static str,
    ticket: &'static str,
    status: Status,
    by: Option<&'static str>,
    words: &'static str,
}

/// The oldest first.
const FAILURES: &[Failure] = &[
    Failure {
        days_ago: 61,
        person: "jonas.weber",
        group: "prod-db-admins",
        reason: "I want to look at the access log of last night",
        ticket: "SEC-311",
        status: Status::Denied,
        by: Some("ben.lindqvist"),
        words: "Use the read-only group for this.",
    },
    Failure {
        days_ago: 37,
        person: "amara.okafor",
        group: "k8s-prod-breakfix",
        reason: "Restart of the gateway",
        ticket: "INC-47488",
        status: Status::Canceled,
        by: Some("amara.okafor"),
        words: "It recovered by itself.",
    },
    Failure {
        days_ago: 23,
        person: "ivan.petrov",
        group: "vault-readers",
        reason: "Rotation of the settlement keys",
        ticket: "",
        status: Status::TimedOut,
        by: None,
        words: "Nobody answered in time.",
    },
    Failure {
        days_ago: 12,
        person: "fatima.elidrissi",
        group: "billing-exports",
        reason: "All invoices of this year",
        ticket: "FIN-204",
        status: Status::Denied,
        by: Some("cleo.marchetti"),
        words: "One month is enough for this.",
    },
];

async fn failed(story: &mut Story<'_>, failure: &Failure) -> Result<()> {
    let at = story.days_ago(failure.days_ago);
    let asked = Asked {
        person: failure.person,
        group: failure.group,
        access: Member,
        at,
        start: None,
        length: Minutes::hours(2),
        reason: failure.reason,
        ticket: failure.ticket,
    };
    let filed = past::ask(story, &asked).await?;
    let closed = at + if failure.by.is_some() { TimeDelta::minutes(34) } else { TimeDelta::days(1) };
    if let (Status::Denied, Some(by)) = (failure.status, failure.by) {
        filed.vote(story, by, Verdict::Deny, failure.words, closed).await?;
    }
    filed.close(story, failure.status, failure.by, failure.words, closed).await
}

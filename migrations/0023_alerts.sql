-- Alerts: what somebody should look at. The worker counts, opens and closes them; no access rests on it.
create table alerts (
    id           uuid primary key,
    -- domain::alert::Kind
    kind         text not null,
    -- 1 is the gravest
    severity     smallint not null check (severity between 1 and 3),
    -- what makes it the same alert at the next count: a target, a person and a target, a server
    key          text not null,
    -- what it is about. No foreign keys, as of unused_counts: the worker would hold the rows that people's acts lock
    target_id    uuid,
    person_id    uuid,
    request_id   uuid,
    hook_id      uuid,
    server       text not null default '',
    -- domain::alert::facts::Facts
    facts        jsonb not null,
    opened_at    timestamptz not null,
    seen_at      timestamptz not null,
    closed_at    timestamptz,
    -- somebody knows, and what she knew; it counts again from `acknowledged_until` on, by the clock alone
    acknowledged_at     timestamptz,
    acknowledged_by     uuid references users (id),
    acknowledged_reason text not null default '' check (char_length(acknowledged_reason) <= 2000),
    acknowledged_until  timestamptz,
    acknowledged_facts  jsonb,
    check ((acknowledged_at is null) = (acknowledged_by is null)),
    check ((acknowledged_at is null) = (acknowledged_until is null)),
    check ((acknowledged_at is null) = (acknowledged_facts is null)),
    -- nobody waves away what is about herself
    check (acknowledged_by <> person_id)
);
-- two workers at once open one
create unique index alerts_one_open on alerts (kind, key) where closed_at is null;
create index alerts_open on alerts (severity, opened_at desc, id desc) where closed_at is null;
create index alerts_closed on alerts (closed_at desc, id desc) where closed_at is not null;

-- Every saved version of what raises alerts, newest wins. Never updated.
create table alert_settings (
    version  integer primary key check (version > 0),
    settings jsonb not null,
    saved_at timestamptz not null default clock(),
    saved_by uuid not null references users (id),
    reason   text not null default '' check (char_length(reason) <= 2000)
);
create trigger append_only before update or delete on alert_settings for each row execute function refuse_change();

-- When each part was last counted, how long it took in milliseconds, and how many findings were more than are kept.
create table alert_counts (
    part     text primary key check (part in ('swift', 'whole')),
    at       timestamptz not null,
    took_ms  bigint not null,
    left_out bigint not null
);

-- A sign of life of each machine that runs a worker, and how far its clock is ahead of this one.
create table workers (
    name    text primary key check (char_length(name) between 1 and 256),
    seen_at timestamptz not null,
    skew_ms bigint not null
);
create index workers_seen on workers (seen_at desc);

-- Those who see alerts are told of one.
alter table notices add column alert_id uuid;

-- Whether somebody decided that an assignment stays.
create index access_review_items_approved on access_review_items (assignment_id) where decision = 'approve';

grant select, insert, update, delete on alerts, alert_counts, workers to pimento_app;
grant select, insert on alert_settings to pimento_app;

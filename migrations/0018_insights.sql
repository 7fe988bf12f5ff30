-- Reports on how access is used. What happened in a window of time is found by these indexes, which hold few of the events
-- and nothing that is ever updated; who holds what over the whole directory is counted by the worker and kept.

create index audit_used on audit_events (action, at) include (target_id, request_id)
    where outcome = 'done' and target_id is not null
      and action in ('activation-started', 'request-approved', 'request-denied', 'request-lapsed');
create index audit_used_of_target on audit_events (target_id, action, at) include (request_id, principal_id)
    where outcome = 'done' and target_id is not null
      and action in ('activation-started', 'request-approved', 'request-denied', 'request-lapsed');
create index audit_refused on audit_events (at) where outcome = 'refused' and target_id is not null;
create index audit_refused_of_target on audit_events (target_id, at)
    where outcome = 'refused' and target_id is not null;

-- How many people held something at a moment: each of them counted once, as standing if any of it was standing.
create table holder_counts (
    at       timestamptz primary key,
    standing bigint not null check (standing >= 0),
    eligible bigint not null check (eligible >= 0),
    -- how long counting the present took, in milliseconds: the longer, the rarer
    took_ms  bigint not null default 0
);

-- Of each target with eligibilities: how many there are, and how many were not used for so many days, at the last count.
-- No foreign key: the worker would hold the rows that people's acts lock.
create table unused_counts (
    target_id uuid primary key,
    eligible  bigint not null check (eligible > 0),
    unused_30 bigint not null,
    unused_60 bigint not null,
    unused_90 bigint not null,
    check (eligible >= unused_30 and unused_30 >= unused_60 and unused_60 >= unused_90 and unused_90 >= 0)
);
create index unused_most_30 on unused_counts (unused_30 desc, target_id) where unused_30 > 0;
create index unused_most_60 on unused_counts (unused_60 desc, target_id) where unused_60 > 0;
create index unused_most_90 on unused_counts (unused_90 desc, target_id) where unused_90 > 0;

-- Their sums, so that a page need not add a hundred thousand rows up. One row.
create table unused_sums (
    one       boolean primary key default true check (one),
    eligible  bigint not null,
    unused_30 bigint not null,
    unused_60 bigint not null,
    unused_90 bigint not null
);

grant select, insert, update, delete on holder_counts, unused_counts, unused_sums to pimento_app;

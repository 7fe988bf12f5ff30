-- Webhooks: what happened, sent to other programs. Acts write nothing for them: the worker reads on in the chain of the audit, whose
-- positions follow the order in which transitions became true, so that nothing is missed and nothing costs who acts.
create table hooks (
    id          uuid primary key,
    name        text not null check (char_length(name) between 1 and 256),
    format      text not null check (format in ('json', 'slack', 'teams')),
    -- sealed: chat services put their secret into the address; what may be shown stands beside it
    address     bytea not null,
    shown       text not null,
    -- sealed; the one before counts for a while besides
    secret      bytea not null,
    old_secret  bytea,
    old_until   timestamptz,
    topics      text[] not null check (cardinality(topics) > 0),
    refusals    boolean not null,
    -- up to where the audit, and its anchors, were read for it
    position    bigint not null,
    anchor      bigint not null,
    -- since when it is on; what waited before counts from then
    on_at       timestamptz not null default clock(),
    off_at      timestamptz,
    off_why     text not null default '',
    -- while it is off: up to where they are read for it still
    position_end bigint,
    anchor_end   bigint,
    -- what happened while it was off, if that is not behind it yet
    positions_skipped int8multirange not null default '{}',
    anchors_skipped   int8multirange not null default '{}',
    -- tries that found the receiver in trouble since one that did not, and until when it is left alone for that
    failures    integer not null default 0,
    rests_until timestamptz,
    -- since when nothing was taken, and how many tries that were
    failing_since timestamptz,
    failing_tries integer not null default 0,
    -- what was given up before is to be sent again
    again_before timestamptz,
    -- the worker takes its deliveries away, and then itself
    deleted_at  timestamptz,
    version     integer not null default 1,
    made_at     timestamptz not null default clock(),
    made_by     uuid references users (id),
    check ((old_secret is null) = (old_until is null)),
    check ((off_at is null) = (position_end is null) and (off_at is null) = (anchor_end is null)),
    check ((failing_since is null) = (failing_tries = 0))
);
create unique index hooks_name on hooks (lower(name)) where deleted_at is null;

-- One row for each thing that a hook is told.
create table hook_deliveries (
    -- told to the receiver, the same at each try
    id           uuid primary key,
    hook_id      uuid not null references hooks (id),
    -- the stable word of the event, `audit-anchor` or `test`
    kind         text not null,
    -- number of the event, or position of the anchor
    seq          bigint,
    anchor       bigint,
    state        text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts     integer not null default 0,
    due_at       timestamptz not null default clock(),
    -- who sends it now, and until when nobody else may: a fence for servers that stop in between
    lease        uuid,
    leased_until timestamptz,
    made_at      timestamptz not null default clock(),
    -- the same, or when it was put back by hand
    queued_at    timestamptz not null default clock(),
    tried_at     timestamptz,
    closed_at    timestamptz,
    -- of the last try
    status       integer,
    answer       text not null default '',
    problem      text not null default '',
    took_ms      integer,
    check ((state = 'waiting') = (closed_at is null))
);
create unique index hook_deliveries_event on hook_deliveries (hook_id, seq) where seq is not null;
create unique index hook_deliveries_anchor on hook_deliveries (hook_id, anchor) where anchor is not null;
create index hook_deliveries_due on hook_deliveries (hook_id, due_at, seq) where state = 'waiting';
create index hook_deliveries_queued on hook_deliveries (hook_id, queued_at) where state = 'waiting';
create index hook_deliveries_page on hook_deliveries (hook_id, made_at desc, id desc);
create index hook_deliveries_state on hook_deliveries (hook_id, state, closed_at);
create index hook_deliveries_age on hook_deliveries (closed_at) where closed_at is not null;

grant select, insert, update, delete on hooks, hook_deliveries to pimento_app;

-- Access: policies, assignments, requests, votes. Spans are half-open [starts_at, ends_at); no end means permanent.

-- Every saved version of a target's policy, newest wins. Never updated.
create table policies (
    target_id uuid not null references targets (id),
    version   integer not null check (version > 0),
    settings  jsonb not null,
    saved_at  timestamptz not null default clock(),
    saved_by  uuid references users (id),
    reason    text not null default '' check (char_length(reason) <= 2000),
    primary key (target_id, version)
);

-- One row per (principal, target): what every transition locks first.
create table slots (
    principal_id uuid not null references principals (id),
    target_id    uuid not null references targets (id),
    primary key (principal_id, target_id)
);

create table assignments (
    id             uuid primary key,
    target_id      uuid not null references targets (id),
    principal_id   uuid not null references principals (id),
    kind           text not null check (kind in ('eligible', 'active')),
    -- directory: found there; assigned: given here by an administrator or owner; activated: from an eligibility
    origin         text not null check (origin in ('directory', 'assigned', 'activated')),
    starts_at      timestamptz not null,
    ends_at        timestamptz,
    -- what was promised when the span was written; ends_at may move earlier, never later
    planned_end    timestamptz,
    eligibility_id uuid references assignments (id),
    request_id     uuid,
    created_by     uuid references users (id),
    created_at     timestamptz not null default clock(),
    reason         text not null default '' check (char_length(reason) <= 2000),
    -- why it ended before or at its end; null while nobody has written the end down
    end_reason     text,
    end_recorded   boolean not null default false,
    check (ends_at is null or ends_at >= starts_at),
    check ((origin = 'activated') = (eligibility_id is not null)),
    check (origin <> 'activated' or (kind = 'active' and ends_at is not null)),
    -- no two activations of one person for one target at one instant (I-02)
    constraint one_activation exclude using gist
        (principal_id with =, target_id with =, tstzrange(starts_at, ends_at) with &&) where (origin = 'activated'),
    -- no duplicate assignment of one kind at one instant
    constraint one_assignment exclude using gist
        (principal_id with =, target_id with =, kind with =, tstzrange(starts_at, ends_at) with &&) where (origin <> 'activated')
);
create index assignments_of_principal on assignments (principal_id, kind, ends_at);
create index assignments_of_target on assignments (target_id, kind, ends_at, id);
create index assignments_of_eligibility on assignments (eligibility_id) where eligibility_id is not null;
create index assignments_ends_due on assignments (ends_at) where not end_recorded and ends_at is not null;

-- An end may come earlier, never later, and never out of the past: ended things stay ended (I-06, I-21, I-22).
-- Assigned spans may be updated to another end while they run (adminUpdate, adminExtend).
create function keep_ended() returns trigger language plpgsql as $$
begin
    if old.ends_at <= clock() and (new.ends_at is null or new.ends_at > old.ends_at) then
        raise exception 'an ended assignment stays ended' using errcode = 'check_violation';
    end if;
    if old.origin = 'activated' and new.ends_at > old.ends_at then
        raise exception 'an activation is never lengthened' using errcode = 'check_violation';
    end if;
    if (new.target_id, new.principal_id, new.kind, new.origin) is distinct from (old.target_id, old.principal_id, old.kind, old.origin) then
        raise exception 'an assignment keeps its target, principal, kind and origin' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger keep_ended before update on assignments for each row execute function keep_ended();

create table requests (
    id             uuid primary key,
    -- what people say: R-10482
    number         bigint not null unique generated always as identity (start with 10001),
    target_id      uuid not null references targets (id),
    -- who gets the access, and who asked for it
    principal_id   uuid not null references principals (id),
    filer_id       uuid references users (id),
    action         text not null check (action in
        ('selfActivate', 'selfExtend', 'selfDeactivate', 'adminAssign', 'adminUpdate', 'adminRemove')),
    status         text not null check (status in
        ('PendingApproval', 'Granted', 'Provisioned', 'Denied', 'Canceled', 'TimedOut', 'Revoked')),
    -- assignment kind asked for, for adminAssign
    kind           text check (kind in ('eligible', 'active')),
    asked_start    timestamptz,
    asked_minutes  integer check (asked_minutes > 0),
    reason         text not null default '' check (char_length(reason) <= 2000),
    ticket         text not null default '' check (char_length(ticket) <= 100),
    eligibility_id uuid references assignments (id),
    -- the running activation that a selfExtend continues
    extends_id     uuid references assignments (id),
    -- what came of it; each names the other, so this one is checked at commit
    assignment_id  uuid references assignments (id) deferrable initially deferred,
    policy_version integer not null,
    -- the demands it was made under; judged at decision by the stricter of these and the current ones
    rules          jsonb not null,
    -- lapses unanswered at this time
    deadline_at    timestamptz,
    -- bound by a decision: anything changed meanwhile makes the decision void
    content_hash   text not null,
    -- the same key gives the first result back (a double click, the back button, a lost answer)
    request_key    uuid not null,
    created_at     timestamptz not null default clock(),
    closed_at      timestamptz,
    closed_by      uuid references users (id),
    close_reason   text not null default '' check (char_length(close_reason) <= 2000),
    unique (id, principal_id, filer_id),
    unique (filer_id, request_key),
    check ((status = 'PendingApproval') <= (deadline_at is not null)),
    check ((status in ('PendingApproval', 'Granted')) = (closed_at is null))
);
-- one open question per person and target; planned ones may lie beside it, apart in time
create unique index requests_one_open on requests (principal_id, target_id) where status = 'PendingApproval';
create index requests_open_deadline on requests (deadline_at) where status = 'PendingApproval';
create index requests_open_start on requests (asked_start) where status = 'Granted';
create index requests_of_principal on requests (principal_id, created_at desc, id);
create index requests_of_target on requests (target_id, created_at desc, id);

alter table assignments add foreign key (request_id) references requests (id);

-- A final state is final (I-06).
create function keep_closed() returns trigger language plpgsql as $$
begin
    if old.status not in ('PendingApproval', 'Granted') then
        raise exception 'request % is closed', old.number using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger keep_closed before update on requests for each row execute function keep_closed();

-- A vote names the beneficiary and the filer too, so that the database itself refuses self-approval (I-11).
create table votes (
    request_id     uuid not null,
    approver_id    uuid not null references users (id),
    beneficiary_id uuid not null,
    filer_id       uuid not null,
    verdict        text not null check (verdict in ('approve', 'deny')),
    reason         text not null default '' check (char_length(reason) <= 2000),
    cues           jsonb not null default '[]',
    cast_at        timestamptz not null default clock(),
    primary key (request_id, approver_id),
    foreign key (request_id, beneficiary_id, filer_id) references requests (id, principal_id, filer_id),
    check (approver_id <> beneficiary_id),
    check (approver_id <> filer_id)
);
create index votes_of_approver on votes (approver_id, cast_at desc);

-- Access that holds now: a comparison with the clock on every read, never a flag that a job must flip.
create view active_now as
    select a.* from assignments a
    where a.kind = 'active' and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock());

-- Every group that a principal lies in now, directly or through active nesting, itself included. UNION ends circles.
create function groups_above(principal uuid) returns table (id uuid) language sql volatile as $$
    with recursive up (id) as (
        select principal
        union
        select t.group_id
        from up
        join active_now a on a.principal_id = up.id
        join targets t on t.id = a.target_id and t.kind = 'member'
        join groups g on g.id = t.group_id and g.deleted_at is null
    )
    select up.id from up
$$;

-- Every person who lies in one of these groups now, directly or through active nesting.
create function people_within(roots uuid[]) returns table (id uuid) language sql volatile as $$
    with recursive down (id) as (
        select g.id from groups g where g.id = any (roots) and g.deleted_at is null
        union
        select a.principal_id
        from down
        join targets t on t.group_id = down.id and t.kind = 'member'
        join active_now a on a.target_id = t.id
        left join groups g on g.id = a.principal_id
        where g.id is null or g.deleted_at is null
    )
    select u.id from users u join down on down.id = u.id where u.enabled and u.deleted_at is null
$$;

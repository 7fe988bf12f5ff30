-- Provisioning: membership brought to applications by SCIM. What is wanted is read from the assignments when something is sent; the
-- rows here say what an application confirmed last, who is to be looked at again, and what was sent.

create table applications (
    id           uuid primary key,
    name         text not null check (char_length(name) between 1 and 256),
    base_url     text not null check (char_length(base_url) <= 2000),
    -- sealed; the one before counts for a while besides, where the new one is not taken yet
    token        bytea not null,
    token_end    text not null,
    old_token    bytea,
    old_until    timestamptz,
    -- domain::provision
    dialect      text not null,
    probe        text not null,
    patches      boolean not null,
    adds_twice   boolean not null,
    delete_accept boolean not null,
    matching     text[] not null check (cardinality(matching) > 0),
    scope        text not null,
    leaving      text not null,
    drift        text not null,
    breaker_most     integer not null,
    breaker_per_cent integer not null,
    per_second   integer not null check (per_second > 0),
    burst        integer not null check (burst > 0),
    in_flight    integer not null check (in_flight > 0),
    sweep_minutes integer not null check (sweep_minutes >= 5),
    -- the last test of the connection, and the last test write, with what they found
    tested_at    timestamptz,
    test_says    text not null default '',
    write_tested_at timestamptz,
    write_says   text not null default '',
    write_well   boolean not null default false,
    -- the token bucket: when it would be full again; the share of the pace since less was asked for; a pause that was asked for
    full_at      timestamptz not null default clock(),
    pace_share   double precision not null default 1,
    slowed_at    timestamptz,
    paused_until timestamptz,
    -- failures without an answer since the last answer, and until when nothing is sent for that
    straight     integer not null default 0,
    open_since   timestamptz,
    open_until   timestamptz,
    health       text not null default 'healthy' check (health in ('healthy', 'degraded', 'quarantined')),
    health_why   text not null default '',
    health_at    timestamptz not null default clock(),
    -- in quarantine: the next test call, how many there were, and when one went well
    test_due_at  timestamptz,
    test_tries   integer not null default 0,
    proved_at    timestamptz,
    -- the breaker: since when accounts are held back, how many would have gone, and from when on it counts
    broken_at    timestamptz,
    broken_count bigint not null default 0,
    allowed_at   timestamptz not null default clock(),
    -- the comparison of everything
    swept_at     timestamptz,
    sweep_lease  timestamptz,
    sweep_says   text not null default '',
    drift_found  bigint not null default 0,
    -- somebody looked at what it found: the next one removes it, however much it is
    drift_allowed boolean not null default false,
    off_at       timestamptz,
    deleted_at   timestamptz,
    version      integer not null default 1,
    made_at      timestamptz not null default clock(),
    made_by      uuid references users (id),
    check ((old_token is null) = (old_until is null)),
    check ((health = 'quarantined') = (test_due_at is not null))
);
create unique index applications_name on applications (lower(name)) where deleted_at is null;

-- Which groups an application is told of, and what their members are there. No foreign keys to the directory, here and below: the
-- worker would hold the rows that people's acts lock.
create table application_groups (
    application_id uuid not null references applications (id),
    group_id     uuid not null,
    role         text not null default '' check (char_length(role) <= 256),
    remote_id    text,
    -- the name it has there
    remote_name  text not null default '',
    made_at      timestamptz not null default clock(),
    made_by      uuid,
    -- not assigned any more; the row stays until everybody is out
    gone_at      timestamptz,
    -- one at a time makes or rewrites it
    lease        uuid,
    leased_until timestamptz,
    problem      text not null default '',
    primary key (application_id, group_id)
);
create unique index application_groups_remote on application_groups (application_id, remote_id) where remote_id is not null;
create index application_groups_group on application_groups (group_id);

-- One row for each person whom an application knows or is to know: the link, and the key of the work to do for her.
create table application_people (
    application_id uuid not null references applications (id),
    user_id      uuid not null,
    remote_id    text,
    -- whether she has an account there; unknown while an answer is missing
    there        text not null default 'no' check (there in ('no', 'yes', 'unknown')),
    -- the account is open, and what was written into it, as last confirmed
    active       boolean not null default false,
    sent         text not null default '',
    left_at      timestamptz,
    -- counted up by each change of what is wanted; `done` is the one that the application confirmed
    generation   bigint not null default 1,
    done         bigint not null default 0,
    -- there is something to take away: before everything that gives
    urgent       boolean not null default false,
    due_at       timestamptz default clock(),
    queued_at    timestamptz not null default clock(),
    touched_at   timestamptz not null default clock(),
    why          text not null default '',
    -- who works on it now, and until when nobody else may; `fence` counts up with each lease
    lease        uuid,
    leased_until timestamptz,
    fence        bigint not null default 0,
    attempts     integer not null default 0,
    failing_since timestamptz,
    state        text not null default 'pending' check (state in ('pending', 'applied', 'failed', 'blocked', 'out')),
    problem      text not null default '',
    primary key (application_id, user_id)
);
create unique index application_people_remote on application_people (application_id, remote_id) where remote_id is not null;
create index application_people_due on application_people (application_id, urgent desc, due_at) where due_at is not null;
create index application_people_user on application_people (user_id);
create index application_people_left on application_people (application_id, left_at) where left_at is not null;

-- Who is in which group there, as far as is known.
create table application_members (
    application_id uuid not null references applications (id),
    group_id     uuid not null,
    user_id      uuid not null,
    wanted       boolean not null,
    there        text not null default 'no' check (there in ('no', 'yes', 'unknown')),
    -- when `wanted` became what it is, and when the application confirmed that
    asked_at     timestamptz not null default clock(),
    confirmed_at timestamptz,
    problem      text not null default '',
    primary key (application_id, group_id, user_id)
);
create index application_members_user on application_members (user_id, application_id);
create index application_members_unconfirmed on application_members (application_id, asked_at) where not wanted and there <> 'no';

-- Written by the transaction that changes what is wanted, or will be at a later time; the worker makes keys of them. They are only ever
-- added: nobody waits for a lock. Which groups lie above, and who is concerned, is looked up when they are due.
create table application_marks (
    id           bigint primary key generated always as identity,
    due_at       timestamptz not null,
    group_id     uuid,
    principal_id uuid,
    why          text not null
);
create index application_marks_due on application_marks (due_at, id);

-- What was sent and answered; kept for at least 400 days.
create table application_attempts (
    id           uuid primary key,
    application_id uuid not null references applications (id),
    at           timestamptz not null default clock(),
    why          text not null,
    actor_id     uuid,
    user_id      uuid,
    group_id     uuid,
    remote_id    text,
    -- the name then
    name         text not null,
    step         text not null,
    action       text not null,
    changed      jsonb not null default '[]',
    request      text not null,
    body         text not null default '',
    status       integer,
    scim_type    text not null default '',
    answer       text not null default '',
    problem      text not null default '',
    took_ms      integer not null,
    retry        integer not null,
    next_at      timestamptz,
    result       text not null check (result in ('done', 'failed', 'unknown')),
    -- counts as trouble of the application
    trouble      boolean not null
);
create index application_attempts_page on application_attempts (application_id, at desc, id desc);
create index application_attempts_user on application_attempts (user_id, at desc, id desc);
create index application_attempts_age on application_attempts (at);

-- Whom an application is to know as a member of which of its groups, now: everybody who effectively is one.
create function application_wants(application uuid, person uuid) returns setof uuid language sql stable as $$
    select g.group_id
    from applications a
    join application_groups g on g.application_id = a.id and g.gone_at is null
    join users u on u.id = person and u.enabled and u.deleted_at is null and (a.scope = 'all' or u.user_type = 'member')
    where a.id = application and a.deleted_at is null
      and exists (select from groups_above(person) up join groups d on d.id = up.id and d.deleted_at is null where up.id = g.group_id)
$$;

-- No rule lies in these: they write down that somebody is to be looked at. Whatever writes an assignment passes here, so that no act can
-- forget it; most installations have no application, and pay for one look into an empty table.
create function mark_assignment() returns trigger language plpgsql as $$
begin
    if not exists (select from application_groups) then
        return null;
    end if;
    insert into application_marks (due_at, group_id, principal_id, why)
    select moment.at, t.group_id, new.principal_id, moment.why
    from targets t, (values (clock(), 'assignment ' || new.id), (new.starts_at, 'start of ' || new.id), (new.ends_at, 'end of ' || new.id)) moment (at, why)
    where t.id = new.target_id and t.kind = 'member'
      and (moment.why like 'assignment %' or moment.at > clock());
    return null;
end $$;
create trigger mark_assignment after insert or update of starts_at, ends_at, end_recorded on assignments
    for each row when (new.kind = 'active') execute function mark_assignment();

create function mark_person() returns trigger language plpgsql as $$
begin
    if exists (select from application_groups) then
        insert into application_marks (due_at, principal_id, why) values (clock(), new.id, 'person changed');
        if new.deleted_at is not null and old.deleted_at is null then
            -- then she can't be taken back any more
            insert into application_marks (due_at, principal_id, why) values (new.deleted_at + interval '30 days', new.id, 'person gone');
        end if;
    end if;
    return null;
end $$;
create trigger mark_person after update on users for each row
    when ((old.enabled, old.deleted_at, old.user_name, old.display_name, old.mail, old.job_title, old.department, old.user_type)
        is distinct from (new.enabled, new.deleted_at, new.user_name, new.display_name, new.mail, new.job_title, new.department, new.user_type))
    execute function mark_person();

create function mark_group() returns trigger language plpgsql as $$
begin
    if exists (select from application_groups) then
        insert into application_marks (due_at, group_id, why) values (clock(), new.id, 'group changed');
    end if;
    return null;
end $$;
create trigger mark_group after update on groups for each row
    when ((old.deleted_at, old.display_name) is distinct from (new.deleted_at, new.display_name))
    execute function mark_group();

alter table alerts add column application_id uuid;

grant select, insert, update, delete on applications, application_groups, application_people, application_members, application_marks,
    application_attempts to pimento_app;
grant execute on function application_wants(uuid, uuid) to pimento_app;

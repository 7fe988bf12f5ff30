-- One event per transition, in the transition's transaction, refusals included. Written once, never changed.
create table audit_events (
    seq            bigint primary key generated always as identity,
    at             timestamptz not null default clock(),
    action         text not null,
    outcome        text not null check (outcome in ('done', 'refused')),
    -- who acted; null = the system itself
    actor_id       uuid references users (id),
    -- about whom and what
    principal_id   uuid references principals (id),
    group_id       uuid references groups (id),
    target_id      uuid references targets (id),
    request_id     uuid references requests (id),
    assignment_id  uuid references assignments (id),
    reason         text not null default '',
    ticket         text not null default '',
    policy_version integer,
    -- closed set of facts per action: before and after, window, refusal codes
    facts          jsonb not null default '{}',
    session_hash   text not null default '',
    ip             text not null default '',
    user_agent     text not null default '',
    proof_id       uuid references proofs (id),
    -- the HTTP request or worker run it came from
    trace_id       text not null default ''
);
create index audit_of_group on audit_events (group_id, seq) where group_id is not null;
create index audit_of_principal on audit_events (principal_id, seq) where principal_id is not null;
create index audit_of_actor on audit_events (actor_id, seq) where actor_id is not null;
create index audit_of_request on audit_events (request_id, seq) where request_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on audit_events for each row execute function refuse_change();
create trigger append_only_whole before truncate on audit_events for each statement execute function refuse_change();
create trigger append_only before update or delete on policies for each row execute function refuse_change();
create trigger append_only before update or delete on votes for each row execute function refuse_change();

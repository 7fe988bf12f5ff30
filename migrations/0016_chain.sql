-- The audit proves itself (docs/audit.md): every event has a position without gaps and a hash over its own bytes and the
-- hash before it. Positions are given at commit, so they follow the order in which transitions became true.
create table audit_chain (
    position   bigint primary key check (position > 0),
    -- No foreign key: it would be checked for every event, and whether the event is there, unchanged, is what
    -- verification proves.
    seq        bigint not null unique,
    -- When it was chained; never before the one in front, also when the clock steps back (I-21).
    chained_at timestamptz not null,
    hash       bytea not null check (octet_length(hash) = 32)
);
create trigger append_only before update or delete on audit_chain for each row execute function refuse_change();
create trigger append_only_whole before truncate on audit_chain for each statement execute function refuse_change();

-- Moments as whole microseconds since 1970: exact, and the same in every time zone and locale.
create function audit_micros(moment timestamptz) returns bigint language sql immutable as
    'select (extract(epoch from moment) * 1000000)::bigint';

-- The canonical bytes, version 1: a JSON array in a fixed order. `domain::audit::canonical` makes the same, byte for byte.
create function audit_bytes(place bigint, chained timestamptz, e audit_events) returns bytea language sql stable as $$
    select convert_to(json_build_array('pimento-audit-1', place, audit_micros(chained), e.seq, audit_micros(e.at),
        e.action, e.outcome, e.actor_id, e.principal_id, e.group_id, e.target_id, e.request_id, e.assignment_id,
        e.reason, e.ticket, e.policy_version, e.facts, e.session_hash, e.ip, e.user_agent, e.proof_id, e.trace_id)::text,
        'UTF8')
$$;

-- Puts one event at the end of the chain. Whoever chains holds the lock until her commit, so it is taken last, after
-- everything else a transition locks. Where the chain ends is read in the next statement, which sees what committed
-- during the wait. Positions and events are unique: should two ever find the same end, one of them fails.
-- Whoever brings very many events, an import for example, holds it for a while: then the others wait for longer than for
-- other locks.
create function audit_append(e audit_events) returns void language plpgsql set lock_timeout = '15s' as $$
declare
    head audit_chain;
    place bigint;
    chained timestamptz;
begin
    perform pg_advisory_xact_lock(hashtextextended('pimento audit chain', 0));
    select * into head from audit_chain order by position desc limit 1;
    place := coalesce(head.position, 0) + 1;
    chained := greatest(head.chained_at, clock());
    insert into audit_chain (position, seq, chained_at, hash) values (place, e.seq, chained,
        sha256(coalesce(head.hash, decode(repeat('00', 32), 'hex')) || audit_bytes(place, chained, e)));
end $$;

-- A trigger, because events are also written by `insert ... select` in the midst of other statements, and by whoever
-- else may insert: nothing gets past it. Deferred to the commit, because a transition that writes an event may still
-- have to wait for locks; held from there on, the chain would be part of a circle of waiting.
create function audit_chained() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    perform audit_append(new);
    return null;
end $$;
create constraint trigger chained after insert on audit_events deferrable initially deferred
    for each row execute function audit_chained();

-- What was written before there was a chain.
do $$
declare
    e audit_events;
begin
    for e in select * from audit_events order by seq loop
        perform audit_append(e);
    end loop;
end $$;

-- Only the trigger writes the chain: it acts for the owner of the schema.
revoke execute on function audit_append(audit_events) from public;
grant select on audit_chain to pimento_app;

-- The end of the chain as signed from time to time, so that what was anchored can't be rewritten unnoticed.
create table audit_anchors (
    position  bigint primary key,
    hash      bytea not null check (octet_length(hash) = 32),
    at        timestamptz not null,
    key_id    text not null,
    signature text not null
);
create trigger append_only before update or delete on audit_anchors for each row execute function refuse_change();
create trigger append_only_whole before truncate on audit_anchors for each statement execute function refuse_change();
grant select, insert on audit_anchors to pimento_app;

-- One row: how far the worker has verified the chain, and what it found.
create table audit_check (
    one            boolean primary key default true check (one),
    -- this pass: the last event looked at
    position       bigint not null default 0,
    hash           bytea not null default decode(repeat('00', 32), 'hex'),
    chained_at     timestamptz,
    began_at       timestamptz not null default clock(),
    -- when a pass last came to the end of the chain, and where that was
    verified_to    bigint,
    verified_at    timestamptz,
    -- the first bad event; it stays until an operator has verified the whole database
    fault_position bigint,
    fault          text,
    fault_at       timestamptz
);
insert into audit_check default values;
grant select, update on audit_check to pimento_app;

-- Events of acts that took access away while the audit could not be written (SEC-45). The worker moves them.
create table audit_spool (like audit_events including defaults);
alter table audit_spool drop column seq, add column id bigint primary key generated always as identity;
create trigger append_only before update on audit_spool for each row execute function refuse_change();

-- The server may add to the spool and have it moved, not take anything out. An event keeps its time, and says that it
-- was written later.
-- One by one, a few at a time: an event that can't be written keeps its place here and holds up no other.
create function audit_merge(most integer) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    late audit_spool;
    moved bigint := 0;
begin
    for late in select * from audit_spool order by id limit most for update skip locked loop
        begin
            insert into audit_events (at, action, outcome, actor_id, principal_id, group_id, target_id, request_id, assignment_id,
                reason, ticket, policy_version, facts, session_hash, ip, user_agent, proof_id, trace_id)
            values (late.at, late.action, late.outcome, late.actor_id, late.principal_id, late.group_id, late.target_id,
                late.request_id, late.assignment_id, late.reason, late.ticket, late.policy_version,
                late.facts || '{"written_later": true}', late.session_hash, late.ip, late.user_agent, late.proof_id, late.trace_id);
            delete from audit_spool where id = late.id;
            moved := moved + 1;
        exception when integrity_constraint_violation or data_exception then
            raise warning 'event % of the spool can not be written: %', late.id, sqlerrm;
        end;
    end loop;
    return moved;
end $$;
grant select, insert on audit_spool to pimento_app;

-- An event that was written later has a higher number than what happened after it.
create or replace function able_at(person uuid, moment timestamptz) returns boolean language sql stable as $$
    select coalesce(
        (select e.action = 'person-enabled' from audit_events e
         where e.principal_id = person and e.outcome = 'done' and e.at <= moment
           and e.action in ('person-enabled', 'person-disabled') order by e.at desc, e.seq desc limit 1),
        (select e.action = 'person-disabled' from audit_events e
         where e.principal_id = person and e.outcome = 'done' and e.at > moment
           and e.action in ('person-enabled', 'person-disabled') order by e.at, e.seq limit 1),
        u.enabled)
    from users u where u.id = person
$$;

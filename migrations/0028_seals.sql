-- The audit is not kept in the database for ever: its oldest part may be sealed (docs/audit.md, decision 0011). Then it is in a file that
-- proves itself, and here is one row that says what was in it; what is left of the chain goes on from its hash.
create table audit_seals (
    last_position   bigint primary key,
    first_position  bigint not null check (first_position between 1 and last_position),
    -- the hash of the last event, which the first one that is left was chained to
    last_hash       bytea not null check (octet_length(last_hash) = 32),
    last_chained_at timestamptz not null,
    -- SHA-256 of the file
    file_hash       bytea not null check (octet_length(file_hash) = 32),
    sealed_at       timestamptz not null,
    key_id          text not null,
    signature       text not null
);
create trigger append_only before update or delete on audit_seals for each row execute function refuse_change();
create trigger append_only_whole before truncate on audit_seals for each statement execute function refuse_change();
-- Only the owner of the schema seals: the server may read what was.
grant select on audit_seals to pimento_app;

-- An event and its place go only when a seal covers them; nothing about them is ever changed.
create function refuse_unsealed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and exists (select from audit_chain c join audit_seals s
            on c.position between s.first_position and s.last_position where c.seq = old.seq) then
        return old;
    end if;
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
drop trigger append_only on audit_events;
create trigger append_only before update or delete on audit_events for each row execute function refuse_unsealed();
drop trigger append_only on audit_chain;
create trigger append_only before update or delete on audit_chain for each row execute function refuse_unsealed();

-- What the chain says of its own seals.
create index audit_sealed on audit_events (seq) where action = 'audit-sealed';

-- That something was sealed is written down by who can seal: by nobody else, and by no way round.
create function refuse_told() returns trigger language plpgsql as $$
begin
    if not pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'usage') then
        raise exception 'only the owner of the schema writes down what was sealed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger sealed_by_owner before insert on audit_events for each row when (new.action = 'audit-sealed') execute function refuse_told();
create trigger sealed_by_owner before insert on audit_spool for each row when (new.action = 'audit-sealed') execute function refuse_told();

-- The role that the server runs as (security.md 6.14). Every connection of the pool says `set role pimento_app`.
-- It may not change or delete history, drop anything, or delete what access rests on.
do $$
begin
    if not exists (select from pg_roles where rolname = 'pimento_app') then
        create role pimento_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null; -- another database of this cluster was quicker
end $$;
do $$
begin
    if not pg_has_role(current_user, 'pimento_app', 'member') then
        execute format('grant pimento_app to %I', current_user);
    end if;
exception
    when unique_violation then null;
end $$;

grant usage on schema public to pimento_app;
grant select, insert, update on principals, users, groups, targets, slots, assignments, requests,
    passwords, totp_factors, recovery_codes, invitations, sessions, proofs, throttles to pimento_app;
grant select, insert on policies, votes, audit_events to pimento_app;
grant delete on sessions, proofs, throttles, invitations, recovery_codes, totp_factors to pimento_app;
grant execute on function clock() to pimento_app;
grant select on active_now to pimento_app;
grant execute on function groups_above(uuid), people_within(uuid[]) to pimento_app;

-- People, groups and what they hold, in bulk. Numbers decide everything, so that two runs measure the same.

-- Loading into bare tables takes a tenth of the time; keys and indexes are back before anything is measured. Exclusion
-- constraints are not: at five million rows PostgreSQL builds and checks them for most of an hour, and only writes use them.
create temporary table bare as
    select 1 as turn, contype::text as sort, format('alter table %s drop constraint %I', conrelid::regclass, conname) as away,
           format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as again
      from pg_constraint where connamespace = 'public'::regnamespace and contype in ('f', 'x')
    union all
    select 2, 'i', format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
      from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = 'public'::regnamespace
       and not exists (select from pg_constraint k where k.conindid = i.indexrelid);
do $$ declare each record; begin
    for each in select away from bare order by turn loop execute each.away; end loop;
end $$;

insert into principals (id, kind)
    select pg_temp.id('a', n), 'user' from names
    union all select pg_temp.id('b', n), 'group' from generate_series(1, pg_temp.teams()) n;
insert into users (id, user_name, display_name, mail, department, alike_key, alike_of)
    select pg_temp.id('a', n), 'person.' || n, name, 'person.' || n || '@larkfield.example',
           'Department ' || pg_temp.pick(n, 5, 200), key, name
      from names left join keys using (name);
insert into groups (id, key, display_name, managed_at)
    select pg_temp.id('b', n), 'team-' || n,
           (array['Database', 'Network', 'Payments', 'Billing', 'Grid', 'Turbine', 'Storage', 'Identity', 'Mail', 'Metering'])
               [pg_temp.pick(n, 1, 10)] || ' '
           || (array['administrators', 'readers', 'operators', 'editors', 'auditors'])[pg_temp.pick(n, 2, 5)] || ' ' || n,
           case when n % 5 <> 0 then clock() - interval '90 days' end
      from generate_series(1, pg_temp.teams()) n;
insert into targets (id, kind, group_id)
    select pg_temp.id('c', n), 'member', pg_temp.id('b', n) from generate_series(1, pg_temp.teams()) n
    union all select pg_temp.id('d', n), 'owner', pg_temp.id('b', n) from generate_series(1, pg_temp.teams()) n;

-- Every managed group has a policy; of three, one asks a person for approval and one a group.
create temporary table rules as
    select n, case n % 3
        when 0 then jsonb_set(current_setting('scale.approved')::jsonb, '{activation,approval,approvers}',
            jsonb_build_array(jsonb_build_object('person', pg_temp.id('a', pg_temp.pick(n, 7, pg_temp.people())))))
        when 1 then jsonb_set(current_setting('scale.approved')::jsonb, '{activation,approval,approvers}',
            jsonb_build_array(jsonb_build_object('group', pg_temp.id('b', pg_temp.pick(n, 8, pg_temp.teams())))))
        else current_setting('scale.open')::jsonb end as settings
      from generate_series(1, pg_temp.teams()) n where n % 5 <> 0;
insert into policies (target_id, version, settings) select pg_temp.id('c', n), 1, settings from rules;

-- Person n and five different groups: three that she is eligible for, one from the directory, and one that she was
-- given (even n) or an activation, past or, of one in ten, running (odd n).
create temporary table holds as
    select n, k, n * 5 + k as number, 1 + (pg_temp.pick(n, 9, pg_temp.teams()) + k * 19) % pg_temp.teams() as team
      from generate_series(1, pg_temp.people()) n, generate_series(0, 4) k;
insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, planned_end)
    select pg_temp.id('e', number), pg_temp.id('c', team), pg_temp.id('a', n), 'eligible', 'assigned',
           clock() - interval '60 days', clock() + interval '300 days', clock() + interval '300 days'
      from holds where k < 3
    union all
    select pg_temp.id('e', number), pg_temp.id('c', team), pg_temp.id('a', n), 'active',
           case when k = 3 then 'directory' else 'assigned' end, clock() - interval '60 days',
           case when k = 4 then clock() + interval '100 days' end, case when k = 4 then clock() + interval '100 days' end
      from holds where k = 3 or (k = 4 and n % 2 = 0);
create temporary table uses as
    select h.number, h.n, first.team, first.number as eligibility,
           clock() - case when h.n % 20 = 1 then interval '10 minutes' else interval '7 days' end as begun
      from holds h join holds first on first.n = h.n and first.k = 0 where h.k = 4 and h.n % 2 = 1;
insert into requests (id, target_id, principal_id, filer_id, action, status, asked_minutes, eligibility_id, assignment_id,
        policy_version, rules, content_hash, request_key, created_at, closed_at)
    select pg_temp.id('f', number), pg_temp.id('c', team), pg_temp.id('a', n), pg_temp.id('a', n), 'selfActivate',
           'Provisioned', 480, pg_temp.id('e', eligibility), pg_temp.id('e', number), 1,
           current_setting('scale.open')::jsonb -> 'activation', md5(number::text), pg_temp.id('f', number), begun, begun
      from uses;
insert into assignments (id, target_id, principal_id, kind, origin, starts_at, ends_at, planned_end, eligibility_id,
        request_id, end_reason, end_recorded)
    select pg_temp.id('e', number), pg_temp.id('c', team), pg_temp.id('a', n), 'active', 'activated', begun,
           begun + interval '8 hours', begun + interval '8 hours', pg_temp.id('e', eligibility), pg_temp.id('f', number),
           case when n % 20 = 1 then null else 'Expired' end, n % 20 <> 1
      from uses;
-- One in a hundred waits for an approval.
insert into requests (id, target_id, principal_id, filer_id, action, status, asked_minutes, eligibility_id,
        policy_version, rules, deadline_at, content_hash, request_key)
    select pg_temp.id('f', h.number), pg_temp.id('c', h.team), pg_temp.id('a', h.n), pg_temp.id('a', h.n), 'selfActivate',
           'PendingApproval', 60, pg_temp.id('e', h.number), 1, r.settings -> 'activation', clock() + interval '1 day',
           md5(h.number::text), pg_temp.id('f', h.number)
      from holds h join rules r on r.n = h.team where h.k = 1 and h.n % 100 < 3 and r.n % 3 < 2;

-- Every group has an owner; one in ten lies in another one, whose number is smaller: no circles.
insert into assignments (id, target_id, principal_id, kind, origin, starts_at)
    select gen_random_uuid(), pg_temp.id('d', n), pg_temp.id('a', pg_temp.pick(n, 11, pg_temp.people())), 'active',
           'directory', clock() - interval '90 days' from generate_series(1, pg_temp.teams()) n
    union all
    select gen_random_uuid(), pg_temp.id('c', pg_temp.pick(n, 12, n - 1)), pg_temp.id('b', n), 'active', 'directory',
           clock() - interval '90 days' from generate_series(10, pg_temp.teams(), 10) n;

insert into audit_events (action, outcome, principal_id, at)
    select 'person-created', 'done', pg_temp.id('a', n), clock() - interval '90 days' from names;
insert into audit_events (action, outcome, actor_id, principal_id, group_id, target_id, request_id, assignment_id, at)
    select 'activation-started', 'done', pg_temp.id('a', n), pg_temp.id('a', n), pg_temp.id('b', team),
           pg_temp.id('c', team), pg_temp.id('f', number), pg_temp.id('e', number), begun from uses order by begun;

-- The chain of the audit is written now, not at the commit: no index can be built while that is still to come.
set constraints all immediate;
do $$ declare each record; begin
    for each in select again from bare where sort <> 'x' order by turn desc loop execute each.again; end loop;
end $$;

-- Fifty groups, each inside the one before, and people in all of them. The first is eligible for a team.
insert into principals (id, kind) select pg_temp.id('b', pg_temp.teams() + n), 'group' from generate_series(1, 50) n;
insert into groups (id, key, display_name, managed_at)
    select pg_temp.id('b', pg_temp.teams() + n), 'deep-' || n, 'Level ' || n, clock() from generate_series(1, 50) n;
insert into targets (id, kind, group_id)
    select pg_temp.id('c', pg_temp.teams() + n), 'member', pg_temp.id('b', pg_temp.teams() + n)
      from generate_series(1, 50) n;
insert into assignments (id, target_id, principal_id, kind, origin, starts_at)
    select gen_random_uuid(), pg_temp.id('c', pg_temp.teams() + n), pg_temp.id('b', pg_temp.teams() + n + 1), 'active',
           'directory', clock() - interval '1 hour' from generate_series(1, 49) n
    union all
    select gen_random_uuid(), pg_temp.id('c', pg_temp.teams() + 1 + (n - 1) * 50 / current_setting('scale.deep')::bigint),
           pg_temp.id('a', pg_temp.people() + n), 'active', 'directory', clock() - interval '1 hour'
      from generate_series(1, current_setting('scale.deep')::bigint) n
    union all
    select gen_random_uuid(), pg_temp.id('c', 1), pg_temp.id('b', pg_temp.teams() + 1), 'eligible', 'assigned',
           clock() - interval '1 hour';

-- What a review of provisioning found.

-- A mark may say "everybody of this application", or "everybody in or out of this group of it"; what it leads to is made page by page,
-- so that no statement grows with the group. One that fails is tried again later and holds up no other.
alter table application_marks
    add column application_id uuid,
    add column after uuid,
    add column failures integer not null default 0,
    add column retry_at timestamptz;

-- Everything that applications are to know of a person, now: each group of each application in which she effectively is. Her way up is
-- walked once, however many applications there are.
create function applications_wanting(person uuid) returns table (application_id uuid, group_id uuid) language sql stable as $$
    select g.application_id, g.group_id
    from groups_above(person) up
    join groups d on d.id = up.id and d.deleted_at is null
    join application_groups g on g.group_id = up.id and g.gone_at is null
    join applications a on a.id = g.application_id and a.deleted_at is null
    join users u on u.id = person and u.enabled and u.deleted_at is null and (a.scope = 'all' or u.user_type = 'member')
$$;
create or replace function application_wants(application uuid, person uuid) returns setof uuid language sql stable as $$
    select w.group_id from applications_wanting(person) w where w.application_id = application
$$;
grant execute on function applications_wanting(uuid) to pimento_app;

alter table applications
    -- the test write saw that the older way of writing removals empties no group there
    add column legacy_well boolean not null default false,
    -- what becomes of accounts and groups there that carry the id of another system: domain::provision::Foreign
    add column foreigners text not null default 'refuse';
update applications set legacy_well = write_well where dialect = 'entra-legacy';

-- Somebody looked at what the breaker held back, and let this account go.
alter table application_people add column let_go boolean not null default false;

-- Applications of another kind than SCIM: domain::provision::Kind.
alter table applications
    add column kind text not null default 'scim',
    -- of a database: what becomes of the open sessions of somebody from whom a role was taken
    add column sessions text not null default 'end';

-- As before, and each of those who are found is looked up by herself: how many there are can't be guessed, and a guess that is too high
-- leads to a list of everybody, once for each group.
create or replace function people_within(roots uuid[]) returns table (id uuid) language sql stable as $$
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
    select u.id from down
    cross join lateral (select v.id, v.enabled, v.deleted_at from users v where v.id = down.id offset 0) u
    where u.enabled and u.deleted_at is null
$$;

alter table applications
    -- the last group that a sweep compared which could not go on: the next one begins behind it
    add column sweep_after uuid;

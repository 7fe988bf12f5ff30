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

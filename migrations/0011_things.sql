-- What can be held, by the name people know it by: the two targets of a group, and directory roles. A role has no row of
-- its own; its name is its word in title case, which a test of the catalogue keeps true. Nobody brings a role under
-- management: it is open from the first day.
create view things as
    select t.id, t.kind, t.group_id, t.role,
           coalesce(g.key, t.role) as key,
           coalesce(g.display_name, initcap(replace(t.role, '-', ' '))) as display_name,
           coalesce(g.description, '') as description,
           t.role is not null or g.role_assignable as role_assignable,
           t.role is not null or g.managed_at is not null as open,
           g.deleted_at
      from targets t left join groups g on g.id = t.group_id;
grant select on things to pimento_app;

-- The catalogue of domain::role, so that every role can be referred to before anybody has it.
insert into targets (id, kind, role)
    select gen_random_uuid(), 'role', role from unnest(array[
        'global-administrator', 'privileged-role-administrator', 'privileged-authentication-administrator',
        'identity-governance-administrator', 'directory-writer', 'groups-administrator', 'user-administrator',
        'exchange-administrator', 'authentication-administrator', 'helpdesk-administrator',
        'application-administrator', 'global-reader', 'security-reader']) as role
    on conflict do nothing;

-- Groups as principals: what a group is eligible for, each of its members activates for herself alone.

-- The group through which she was eligible. What came through a group ends with her membership of it.
alter table assignments add column through_id uuid references groups (id);
alter table assignments add constraint only_activations_come_through_a_group
    check (through_id is null or origin = 'activated');
alter table requests add column through_id uuid references groups (id);

create index assignments_through on assignments (through_id, principal_id) where through_id is not null;
create index requests_through on requests (through_id, principal_id)
    where through_id is not null and status in ('PendingApproval', 'Granted');

-- What came through a group that is deleted is over, whatever its row says.
create or replace view active_now as
    select a.* from assignments a
    where a.kind = 'active' and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock())
      and (a.through_id is null
           or exists (select from groups g where g.id = a.through_id and g.deleted_at is null));

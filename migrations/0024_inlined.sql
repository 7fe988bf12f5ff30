-- Written into the statements that use them, and planned once with those. A volatile function is planned anew at every call, which
-- took ten times as long as what it does. What they read is what the statement around them sees; the clock in them goes on.
alter function groups_above(uuid) stable;
alter function people_within(uuid[]) stable;

-- As before, and never by a list of all groups: that one group is looked up where an activation came through it.
create or replace view active_now as
    select a.* from assignments a
    where a.kind = 'active' and a.starts_at <= clock() and (a.ends_at is null or a.ends_at > clock())
      and (a.through_id is null or (select g.deleted_at is null from groups g where g.id = a.through_id));

-- Extending and renewing assignments: a request that waits for whoever manages the group. `kind` is the kind of the
-- assignment it is about (a selfExtend without one continues an activation), `extends_id` that assignment.

alter table requests drop constraint requests_action_check;
alter table requests add constraint requests_action_check check (action in
    ('selfActivate', 'selfExtend', 'selfRenew', 'selfDeactivate', 'adminAssign', 'adminUpdate', 'adminRemove'));

alter table requests drop constraint requests_status_check;
alter table requests add constraint requests_status_check check (status in
    ('PendingApproval', 'Granted', 'Provisioned', 'Denied', 'Canceled', 'TimedOut', 'Revoked',
     'PendingAdminDecision', 'AdminApproved', 'AdminDenied'));

alter table requests drop constraint requests_check;
alter table requests add constraint requests_waits_until_check check
    ((status in ('PendingApproval', 'PendingAdminDecision')) <= (deadline_at is not null));

alter table requests drop constraint requests_check1;
alter table requests add constraint requests_closed_check check
    ((status in ('PendingApproval', 'Granted', 'PendingAdminDecision')) = (closed_at is null));

alter table requests add constraint requests_renewal_check check
    ((status in ('PendingAdminDecision', 'AdminApproved', 'AdminDenied') or action = 'selfRenew')
        <= (action in ('selfExtend', 'selfRenew') and kind is not null and extends_id is not null and filer_id is not null));

-- The database itself refuses that somebody answers her own request (I-11). Who answers is never the system.
alter table requests add constraint requests_answered_by_another_check check
    (status not in ('AdminApproved', 'AdminDenied')
        or (closed_by is not null and closed_by <> principal_id and closed_by <> filer_id));

-- one open question per person, target and kind
create unique index requests_one_renewal on requests (principal_id, target_id, kind) where status = 'PendingAdminDecision';
create index requests_renewals_open on requests (target_id, created_at) where status = 'PendingAdminDecision';

create or replace function keep_closed() returns trigger language plpgsql as $$
begin
    if old.status not in ('PendingApproval', 'Granted', 'PendingAdminDecision') then
        raise exception 'request % is closed', old.number using errcode = 'check_violation';
    end if;
    return new;
end $$;

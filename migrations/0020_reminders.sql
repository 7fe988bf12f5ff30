-- Escalation: a policy may name people who may decide too once a request has waited for a while.
-- When that is, of a request; null where nobody is named for later.
alter table requests add column escalates_at timestamptz;
create index requests_escalate on requests (escalates_at) where status = 'PendingApproval' and escalates_at is not null;

-- Everybody whom a demand for approval names as approver, first or second: a list as stored.
create function named_in(approval jsonb) returns jsonb language sql immutable parallel safe as
    $$ select coalesce(approval -> 'approvers', '[]') || coalesce(approval #> '{escalation,approvers}', '[]') $$;

-- Those of them who may decide now, or could when it was closed.
create function named_now(approval jsonb, escalates_at timestamptz, closed_at timestamptz) returns jsonb language sql volatile as $$
    select case when escalates_at <= coalesce(closed_at, clock()) then named_in(approval)
        else coalesce(approval -> 'approvers', '[]') end
$$;

-- From a person or group to the policies and requests that name them, now also as second.
drop index policies_of_approver;
create index policies_of_approver on policies using gin (named_in(settings #> '{activation,approval}') jsonb_path_ops);
drop index requests_of_approver;
create index requests_of_approver on requests using gin (named_in(rules -> 'approval') jsonb_path_ops)
    where rules -> 'approval' <> 'null';

-- Where approval is asked and too few can give it, at the worker's last count. No foreign key, as of unused_counts.
create table approval_gaps (
    target_id uuid primary key,
    gap       text not null check (gap in ('few', 'themselves')),
    able      integer not null,
    needed    integer not null
);
grant select, insert, update, delete on approval_gaps to pimento_app;

-- The kinds of mail that a person does without (domain::notice::choice).
create table mail_choices (
    person_id uuid not null references users (id),
    choice    text not null,
    primary key (person_id, choice)
);
grant select, insert, update, delete on mail_choices to pimento_app;

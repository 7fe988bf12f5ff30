-- Reads that must cost the same with a thousand people and with a million.

-- Names that look alike share a key. The program computes it (tables of Unicode that SQL has not): `alike_key` is the key
-- of the name `alike_of`. A key of another name than the present one counts as missing, whoever changed the name and
-- however; what is missing is read name by name until the worker has filled it in. `unkeyed` is a column, so that
-- PostgreSQL knows how few those are; it guesses that nearly all rows of a comparison differ, and would read them all.
alter table users add column alike_key bytea, add column alike_of text,
    add column unkeyed boolean not null generated always as (alike_of is distinct from display_name) stored;
create index users_alike on users (alike_key) where deleted_at is null;
create index users_unkeyed on users (id) where deleted_at is null and unkeyed;

-- From a person or group to the policies and requests that name them as approvers.
create index policies_of_approver on policies
    using gin ((settings #> '{activation,approval,approvers}') jsonb_path_ops);
create index requests_of_approver on requests
    using gin ((rules #> '{approval,approvers}') jsonb_path_ops) where rules -> 'approval' <> 'null';

-- The audit of a directory role, newest first, as of groups and people.
create index audit_of_role on audit_events (target_id, seq) where group_id is null and target_id is not null;

-- The list of groups that can be brought in: few, where most are managed.
create index groups_unmanaged on groups (lower(display_name), id) where deleted_at is null and managed_at is null;

-- Names that begin with two letters, for pickers: what the index of three letters does not answer.
create index users_begin on users (lower(display_name) text_pattern_ops) where deleted_at is null and enabled;
create index groups_begin on groups (lower(display_name) text_pattern_ops) where deleted_at is null;

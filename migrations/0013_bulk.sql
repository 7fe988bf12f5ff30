-- What came of assigning many at once: one row for each form that was carried out, so that its answer can be looked at
-- and downloaded, and sending the form twice does it once. No access rests on it; the audit tells the same for ever.
create table bulk_results (
    id         uuid primary key,
    person_id  uuid not null references users (id),
    created_at timestamptz not null default clock(),
    rows       jsonb not null
);
create index bulk_results_age on bulk_results (created_at);

grant select, insert, update, delete on bulk_results to pimento_app;

-- Pasted addresses are looked up as they are written in mail.
create index users_mail on users (lower(mail)) where mail is not null and deleted_at is null;

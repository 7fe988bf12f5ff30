-- How far each receiver of the audit's stream has been sent (crates/engine/src/audit/stream.rs). One server at a time
-- sends: who holds the lease.
create table audit_streams (
    receiver     text primary key,
    position     bigint not null default 0,
    lease        uuid,
    leased_until timestamptz,
    sent_at      timestamptz,
    problem      text not null default '',
    problem_at   timestamptz
);
grant select, insert, update on audit_streams to pimento_app;

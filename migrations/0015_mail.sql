-- What people are told. A notice is written in the transaction of what it tells of; mails are made of it by the worker.
create table notices (
    id            bigint primary key generated always as identity,
    at            timestamptz not null default clock(),
    kind          text not null,
    actor_id      uuid references users (id),
    principal_id  uuid references principals (id),
    target_id     uuid references targets (id),
    request_id    uuid references requests (id),
    assignment_id uuid references assignments (id),
    reason        text not null default '',
    -- a reminder is made once, however many servers look for what is due
    once          text unique,
    -- when mails were made of it
    told_at       timestamptz
);
create index notices_waiting on notices (id) where told_at is null;
create index notices_age on notices (told_at) where told_at is not null;

-- One mail for each person and address that hears of a notice (field-cases.md C11): the unique keys see to that.
create table mails (
    id           uuid primary key,
    -- null: a test that somebody sent to herself
    notice_id    bigint references notices (id) on delete cascade,
    reader       text not null check (reader in ('approver', 'requestor', 'admin')),
    person_id    uuid references users (id),
    address      text not null check (char_length(address) <= 320),
    -- moot: when its turn came there was nothing left to say; kept: no mail server is set, so it is read here
    state        text not null default 'waiting' check (state in ('waiting', 'sent', 'kept', 'failed', 'moot')),
    -- as sent; empty while it waits, since a mail says what holds when it leaves
    subject      text not null default '',
    body         text not null default '',
    attempts     integer not null default 0,
    due_at       timestamptz not null default clock(),
    -- who sends it now, and until when nobody else may: a fence for servers that stop in between
    lease        uuid,
    leased_until timestamptz,
    made_at      timestamptz not null default clock(),
    closed_at    timestamptz,
    problem      text not null default '',
    check ((state = 'waiting') = (closed_at is null))
);
create unique index mails_one_per_address on mails (notice_id, lower(address)) where notice_id is not null;
create unique index mails_one_per_person on mails (notice_id, person_id) where notice_id is not null and person_id is not null;
create index mails_due on mails (due_at, id) where state = 'waiting';
create index mails_of_person on mails (person_id, made_at desc, id desc) where person_id is not null;
create index mails_page on mails (made_at desc, id desc);
create index mails_by_state on mails (state, made_at desc, id desc);

-- One row: whether mail goes out at all.
create table mail_switch (
    one        boolean primary key default true check (one),
    stopped_at timestamptz,
    stopped_by uuid references users (id),
    reason     text not null default '' check (char_length(reason) <= 2000)
);
insert into mail_switch default values;

grant select, insert, update, delete on notices, mails to pimento_app;
grant select, update on mail_switch to pimento_app;

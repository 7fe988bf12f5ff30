-- Sign-in: passwords, second factors, sessions, proofs, invitations, throttling. Nothing here is readable as a secret.
create table passwords (
    user_id uuid primary key references users (id),
    -- argon2id, PHC string
    hash    text not null,
    set_at  timestamptz not null default clock()
);

create table totp_factors (
    user_id      uuid primary key references users (id),
    -- sealed with the key of the installation; the row id is bound as associated data
    secret       bytea not null,
    -- last accepted time step: only later ones are taken (RFC 6238 section 5.2)
    last_step    bigint not null default 0,
    confirmed_at timestamptz,
    created_at   timestamptz not null default clock()
);

create table recovery_codes (
    user_id    uuid not null references users (id),
    code_hash  bytea not null,
    created_at timestamptz not null default clock(),
    used_at    timestamptz,
    primary key (user_id, code_hash)
);

-- One-time links by which a person sets a password and a factor.
create table invitations (
    token_hash bytea primary key,
    user_id    uuid not null references users (id),
    created_by uuid references users (id),
    created_at timestamptz not null default clock(),
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table sessions (
    -- SHA-256 of the id in the cookie
    id_hash      bytea primary key,
    user_id      uuid references users (id),
    -- anonymous: no person yet; second: password passed, factor pending; full: signed in
    stage        text not null default 'anonymous' check (stage in ('anonymous', 'second', 'full')),
    data         jsonb not null,
    created_at   timestamptz not null default clock(),
    last_seen_at timestamptz not null default clock(),
    -- absolute end
    expires_at   timestamptz not null,
    auth_at      timestamptz,
    mfa_at       timestamptz,
    mfa_method   text,
    ip           text not null default '',
    user_agent   text not null default '',
    check ((stage = 'anonymous') = (user_id is null))
);
create index sessions_of_user on sessions (user_id) where user_id is not null;
create index sessions_expiry on sessions (expires_at);

-- A second-factor proof for one act of one person in one session (SEC-10 to SEC-12).
create table proofs (
    id           uuid primary key,
    user_id      uuid not null references users (id),
    session_hash bytea not null,
    purpose      text not null,
    subject_hash text not null,
    method       text not null,
    verified_at  timestamptz not null default clock(),
    consumed_at  timestamptz
);
create index proofs_of_user on proofs (user_id, verified_at);

-- Failures per account, per address, and per pair; decides the wait before the next try.
create table throttles (
    scope     text not null,
    subject   text not null,
    failures  integer not null default 0,
    last_at   timestamptz not null default clock(),
    wait_till timestamptz,
    primary key (scope, subject)
);

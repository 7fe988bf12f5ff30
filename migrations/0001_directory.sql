-- The directory: people, groups, and the one clock that every time decision reads.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- The only clock of the product (SEC "one clock"): volatile, so it moves inside a transaction, unlike now().
-- Tests replace this function to move time; nothing else may.
create function clock() returns timestamptz language sql volatile as 'select clock_timestamp()';

create table principals (
    id   uuid primary key,
    kind text not null check (kind in ('user', 'group')),
    unique (id, kind)
);

create table users (
    id           uuid primary key,
    kind         text not null default 'user' check (kind = 'user'),
    user_name    text not null check (char_length(user_name) between 1 and 256),
    display_name text not null check (char_length(display_name) between 1 and 256),
    mail         text check (char_length(mail) <= 320),
    job_title    text check (char_length(job_title) <= 256),
    department   text check (char_length(department) <= 256),
    user_type    text not null default 'member' check (user_type in ('member', 'guest')),
    source       text not null default 'cloud' check (source in ('cloud', 'on_premises')),
    enabled      boolean not null default true,
    time_zone    text not null default 'UTC',
    theme        text not null default 'system' check (theme in ('system', 'light', 'dark')),
    created_at   timestamptz not null default clock(),
    deleted_at   timestamptz,
    foreign key (id, kind) references principals (id, kind)
);
create unique index users_user_name on users (lower(user_name));
create index users_page on users (lower(display_name), id) where deleted_at is null;
create index users_search on users using gin ((lower(display_name || ' ' || user_name || ' ' || coalesce(mail, ''))) gin_trgm_ops);

create table groups (
    id              uuid primary key,
    kind            text not null default 'group' check (kind = 'group'),
    -- The readable address of the group, unique for ever: /groups/prod-db-admins
    key             text not null unique check (key ~ '^[a-z0-9][a-z0-9-]{0,127}$'),
    display_name    text not null check (char_length(display_name) between 1 and 256),
    description     text not null default '' check (char_length(description) <= 1024),
    group_kind      text not null default 'security' check (group_kind in ('security', 'microsoft365')),
    membership      text not null default 'assigned' check (membership in ('assigned', 'dynamic')),
    membership_rule text,
    source          text not null default 'cloud' check (source in ('cloud', 'on_premises')),
    role_assignable boolean not null default false,
    managed_at      timestamptz,
    managed_by      uuid references users (id),
    created_at      timestamptz not null default clock(),
    deleted_at      timestamptz,
    foreign key (id, kind) references principals (id, kind),
    check (not role_assignable or (membership = 'assigned' and source = 'cloud')),
    check (managed_at is null or (membership = 'assigned' and source = 'cloud'))
);
create index groups_page on groups (lower(display_name), id) where deleted_at is null;
create index groups_search on groups using gin ((lower(display_name || ' ' || key)) gin_trgm_ops);

-- Role-assignable is decided at creation and for ever (product.md section 2).
create function keep_role_assignable() returns trigger language plpgsql as $$
begin
    if new.role_assignable <> old.role_assignable then
        raise exception 'role_assignable is fixed at creation' using errcode = 'check_violation';
    end if;
    if old.managed_at is not null and new.managed_at is distinct from old.managed_at then
        raise exception 'a group cannot be taken out of management' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger keep_role_assignable before update on groups for each row execute function keep_role_assignable();

-- What can be held: member of G, owner of G, or a directory role. Assignments, policies and requests are written once, over targets.
create table targets (
    id       uuid primary key,
    kind     text not null check (kind in ('member', 'owner', 'role')),
    group_id uuid references groups (id),
    role     text,
    check ((kind = 'role') = (role is not null)),
    check ((kind = 'role') = (group_id is null)),
    unique (group_id, kind),
    unique (role)
);

-- What a person wants to find first on My access. A wish about a page and nothing else: no access rests on it.
create table favourites (
    person_id  uuid not null references users (id),
    target_id  uuid not null references targets (id),
    created_at timestamptz not null default clock(),
    primary key (person_id, target_id)
);

grant select, insert, delete on favourites to pimento_app;

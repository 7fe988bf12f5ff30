-- Every use of break glass opens a review that somebody else must close with a finding.
create table glass_reviews (
    request_id uuid primary key references requests (id),
    target_id  uuid not null references targets (id),
    person_id  uuid not null references users (id),
    opened_at  timestamptz not null default clock(),
    closed_at  timestamptz,
    closed_by  uuid references users (id),
    finding    text not null default '' check (char_length(finding) <= 2000),
    check ((closed_at is null) = (closed_by is null)),
    check ((closed_at is null) = (finding = '')),
    -- nobody reviews herself (I-11)
    check (closed_by <> person_id)
);
-- one debt of one person for one target, also when two tabs race
create unique index glass_reviews_open on glass_reviews (person_id, target_id) where closed_at is null;
create index glass_reviews_by_time on glass_reviews (opened_at desc, request_id);

create function keep_reviewed() returns trigger language plpgsql as $$
begin
    if old.closed_at is not null
       or (new.request_id, new.target_id, new.person_id, new.opened_at)
          is distinct from (old.request_id, old.target_id, old.person_id, old.opened_at) then
        raise exception 'a review is closed once' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger keep_reviewed before update on glass_reviews for each row execute function keep_reviewed();

grant select, insert, update on glass_reviews to pimento_app;

-- Access reviews: a plan, its rounds, and in each round the assignments that were there when it began. Not to be mixed up
-- with glass_reviews. Nothing here gives access; what is decided to go, goes by the path of every removal.
create table access_reviews (
    id          uuid primary key,
    number      bigint not null unique generated always as identity (start with 1001),
    group_id    uuid not null references groups (id),
    name        text not null check (char_length(name) between 1 and 256),
    -- domain::access_review::plan::Plan
    plan        jsonb not null,
    -- the first beginning; later ones are counted from it
    starts_at   timestamptz not null,
    -- when the next round begins; null: there is none
    next_at     timestamptz,
    created_at  timestamptz not null default clock(),
    created_by  uuid not null references users (id),
    request_key uuid not null,
    stopped_at  timestamptz,
    stopped_by  uuid references users (id),
    -- the last beginning that was left out, since whoever planned it no longer manages the group
    skipped_at  timestamptz,
    unique (created_by, request_key),
    check (stopped_at is null or next_at is null)
);
create index access_reviews_due on access_reviews (next_at) where next_at is not null;
create index access_reviews_of_group on access_reviews (group_id, number);

create table access_review_rounds (
    id           uuid primary key,
    number       bigint not null unique generated always as identity (start with 1001),
    review_id    uuid not null references access_reviews (id),
    round        integer not null check (round > 0),
    group_id     uuid not null references groups (id),
    -- as it began
    name         text not null,
    plan         jsonb not null,
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    -- when reviewers are reminded next
    remind_at    timestamptz,
    -- the end was written down
    end_recorded boolean not null default false,
    -- whoever had it applied by hand; by itself: nobody
    apply_by     uuid references users (id),
    -- a person or the plan said that it is applied, and when all of it was
    apply_at     timestamptz,
    applied_at   timestamptz,
    -- nothing is applied
    stopped_at   timestamptz,
    unique (review_id, round),
    check (ends_at >= starts_at),
    check (applied_at is null or apply_at is not null),
    check (apply_at is null or stopped_at is null)
);
create index access_review_rounds_open on access_review_rounds (ends_at) where stopped_at is null and applied_at is null;
create index access_review_rounds_remind on access_review_rounds (remind_at) where remind_at is not null;
create index access_review_rounds_of_group on access_review_rounds (group_id);
create index access_review_rounds_waiting on access_review_rounds (review_id) where apply_at is null and stopped_at is null;
-- from a person or group to what runs and names them
create index access_review_rounds_of_named on access_review_rounds using gin ((plan -> 'named') jsonb_path_ops)
    where stopped_at is null and applied_at is null;
create index access_review_rounds_of_fallback on access_review_rounds using gin ((plan -> 'fallback') jsonb_path_ops)
    where stopped_at is null and applied_at is null;

create table access_review_items (
    id            uuid primary key,
    round_id      uuid not null references access_review_rounds (id),
    assignment_id uuid not null references assignments (id),
    principal_id  uuid not null references principals (id),
    target_id     uuid not null references targets (id),
    kind          text not null check (kind in ('eligible', 'active')),
    -- a group holds it
    is_group      boolean not null,
    -- each person answers for herself
    oneself       boolean not null,
    -- for the order of pages, as it was
    sort_name     text not null,
    -- the assignment as it was when somebody last decided on it
    starts_at     timestamptz not null,
    ends_at       timestamptz,
    -- what was known at the start
    given_by      uuid references users (id),
    origin        text not null,
    last_used     timestamptz,
    used_90       integer not null check (used_90 >= 0),
    last_sign_in  timestamptz,
    recommended   text not null check (recommended in ('keep', 'remove')),
    because       text not null,
    -- goes up with each decision, so that nobody overwrites what she did not see
    version       integer not null default 0,
    decision      text check (decision in ('approve', 'deny', 'unknown')),
    reason        text not null default '' check (char_length(reason) <= 500),
    decided_by    uuid references users (id),
    decided_at    timestamptz,
    took_ms       bigint check (took_ms >= 0),
    outcome       text check (outcome in ('kept', 'removed', 'refused', 'moot')),
    outcome_text  text not null default '',
    applied_at    timestamptz,
    unique (round_id, assignment_id),
    check ((decision is null) = (decided_by is null)),
    check ((decision is null) = (decided_at is null)),
    check ((outcome is null) = (applied_at is null)),
    check (decision is distinct from 'deny' or reason <> ''),
    -- nobody decides on her own unless that is what is asked (I-11); where it is asked, nobody else does
    check (not (oneself and is_group)),
    check (oneself or decided_by <> principal_id),
    check (not oneself or decided_by = principal_id)
);
create index access_review_items_page on access_review_items (round_id, sort_name, id);
create index access_review_items_of_principal on access_review_items (principal_id, round_id);
create index access_review_items_of_decider on access_review_items (decided_by, round_id) where decided_by is not null;
create index access_review_items_of_groups on access_review_items (round_id) where is_group;
create index access_review_items_undecided on access_review_items (round_id) where decision is null and not oneself;
create index access_review_items_left on access_review_items (round_id) where outcome is null;

-- What was applied stays as it is; what was decided on stays what it was.
create function keep_access_review_applied() returns trigger language plpgsql as $$
begin
    if old.outcome is not null
       or (new.round_id, new.assignment_id, new.principal_id, new.target_id, new.kind, new.oneself, new.recommended)
          is distinct from (old.round_id, old.assignment_id, old.principal_id, old.target_id, old.kind, old.oneself, old.recommended) then
        raise exception 'an applied decision stays as it is' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger keep_access_review_applied before update on access_review_items
    for each row execute function keep_access_review_applied();

-- When somebody last signed in, however often she did.
create index audit_signed_in on audit_events (actor_id, at) where action = 'signed-in' and outcome = 'done';

-- Reviewers are told of a round.
alter table notices add column access_review_id uuid references access_review_rounds (id);

grant select, insert, update on access_reviews, access_review_rounds, access_review_items to pimento_app;

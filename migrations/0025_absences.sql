-- Who is away, until when, and who decides on requests in her place meanwhile. Over with its end, without anybody's doing.
create table absences (
    person_id   uuid primary key references users (id),
    from_at     timestamptz not null default clock(),
    until       timestamptz not null,
    delegate_id uuid references users (id),
    check (until > from_at),
    check (delegate_id <> person_id)
);
create index absences_of_delegate on absences (delegate_id) where delegate_id is not null;
grant select, insert, update, delete on absences to pimento_app;

-- Those who are away now, and who stands in for each: nobody who is disabled, and nobody for somebody who is.
create view stand_ins as
    select a.person_id, d.id as delegate_id
    from absences a
    join users p on p.id = a.person_id and p.enabled and p.deleted_at is null
    join users d on d.id = a.delegate_id and d.enabled and d.deleted_at is null
    where a.from_at <= clock() and a.until > clock();
grant select on stand_ins to pimento_app;

-- Whom this person decides for now: herself, and those whom she stands in for, each with the groups she lies in.
create function seats_of(person uuid) returns table (seat uuid, id uuid) language sql stable as $$
    select seats.seat, up.id
    from (select person as seat union all select s.person_id from stand_ins s where s.delegate_id = person) seats
    cross join lateral groups_above(seats.seat) up
$$;
grant execute on function seats_of(uuid) to pimento_app;

-- In whose place a vote was given; empty is her own. What counts is the seat, however many votes it has: else one person
-- who is away would count as two (I-05). It can have a second one when who gave the first was disabled.
alter table votes add column for_id uuid references users (id);
alter table votes add check (for_id <> approver_id and for_id <> beneficiary_id and for_id <> filer_id);

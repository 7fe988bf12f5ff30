-- Who had access at a moment of the past, answered from the spans: an end that came early was written into its span.
create function active_at(moment timestamptz) returns setof assignments language sql stable as $$
    select a.* from assignments a
    where a.kind = 'active' and a.starts_at <= moment and (a.ends_at is null or a.ends_at > moment)
$$;

-- Whether a person could act then. Her state is what the last event before says; without one, the contrary of what the
-- next one changed; without any, what it is.
create function able_at(person uuid, moment timestamptz) returns boolean language sql stable as $$
    select coalesce(
        (select e.action = 'person-enabled' from audit_events e
         where e.principal_id = person and e.outcome = 'done' and e.at <= moment
           and e.action in ('person-enabled', 'person-disabled') order by e.seq desc limit 1),
        (select e.action = 'person-disabled' from audit_events e
         where e.principal_id = person and e.outcome = 'done' and e.at > moment
           and e.action in ('person-enabled', 'person-disabled') order by e.seq limit 1),
        u.enabled)
    from users u where u.id = person
$$;

grant execute on function active_at(timestamptz), able_at(uuid, timestamptz) to pimento_app;

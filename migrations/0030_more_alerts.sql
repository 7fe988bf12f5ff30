-- Servers without a worker compare their clocks as well; only a worker is one that works.
alter table workers add column works boolean not null default true;

-- People of an application whose key fails again and again, for the alert that says so.
create index application_people_failing on application_people (application_id, failing_since) where failing_since is not null;

-- Somebody who manages a group or role asks for the activation of a person who can't ask herself right now.

alter table requests drop constraint requests_action_check;
alter table requests add constraint requests_action_check check (action in
    ('selfActivate', 'selfExtend', 'selfRenew', 'selfDeactivate', 'adminAssign', 'adminUpdate', 'adminRemove',
     'adminActivate'));

-- Such a request always waits for approval, and whoever asks is not who gets it. Neither has a vote: see `votes`.
alter table requests add constraint requests_on_behalf_check check
    (action <> 'adminActivate'
        or (filer_id is not null and filer_id <> principal_id and jsonb_typeof(rules -> 'approval') = 'object'));

-- what a person asked for others, for the page of her requests
create index requests_on_behalf on requests (filer_id, number) where action = 'adminActivate';

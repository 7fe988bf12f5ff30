-- Others are let decide before their time when too few of those named first are here to answer. Written once, by the worker, with
-- its event; `escalates_at` moves with it.
alter table requests add column escalated_early_at timestamptz;
alter table requests add constraint requests_escalated_early_check check (escalates_at <= escalated_early_at);

-- Enough people can approve, and too few of them are here.
alter table approval_gaps drop constraint approval_gaps_gap_check;
alter table approval_gaps add constraint approval_gaps_gap_check check (gap in ('few', 'themselves', 'away'));

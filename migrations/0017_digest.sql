-- Above a rate, what waits for an address comes together in one mail (crates/engine/src/mail/digest.rs).
-- In which mail it was sent; of that mail, itself.
alter table mails add column digest_id uuid references mails (id) on delete set null;
create index mails_in_digest on mails (digest_id) where digest_id is not null;
create index mails_lately on mails (lower(address), closed_at) where state = 'sent';

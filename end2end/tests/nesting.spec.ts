import { ask, offer, onNow } from '../support/access';
import { fillGift, give, inDays, pick, takeAway } from '../support/assign';
import { expect, test } from '../support/fixtures';
import { looksRight } from '../support/looks';

test.describe.configure({ timeout: 180_000 });

const grafana = { name: 'Grafana editors', place: '/groups/grafana-editors' };
const dns = { name: 'DNS editors', place: '/groups/dns-editors' };
const rota = { name: 'Database on-call', place: '/groups/db-on-call' };

test('a group in a group: Ben activates for himself alone, and leaving the inner group ends it at once', async ({ person, scripts }) => {
  const [aino, ben, cleo] = [await person('aino.virtanen'), await person('ben.lindqvist'), await person('cleo.marchetti')];
  await ben.goto('/access');
  await expect(offer(ben, grafana.name), 'nothing yet').toHaveCount(0);

  await aino.goto(`${grafana.place}/assignments`);
  await aino.getByRole('link', { name: 'Assign people' }).click();
  await fillGift(aino, scripts, { to: rota.name, kind: 'Eligible', reason: 'The rota tunes its own alerts' });
  await looksRight(aino, scripts);
  await aino.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(aino.locator('.flash')).toContainText('Assigned.');
  const row = aino.getByRole('row').filter({ hasText: rota.name });
  await expect(row).toContainText('3 people may activate for themselves');
  await looksRight(aino, scripts);

  await ben.goto('/access');
  await expect(offer(ben, grafana.name)).toContainText(`Through ${rota.name}`);
  await looksRight(ben, scripts);
  await ask(ben, { user: 'ben.lindqvist', group: grafana.name, reason: 'Alert on the length of the queue' });
  await expect(onNow(ben, grafana.name)).toContainText('left');
  await looksRight(ben, scripts);

  await cleo.goto('/access');
  await expect(offer(cleo, grafana.name)).toContainText(`Through ${rota.name}`);
  await expect(onNow(cleo, grafana.name), 'not hers').toHaveCount(0);
  await aino.goto(`${grafana.place}/people`);
  const inside = aino.getByRole('region', { name: /^Members/ });
  await expect(inside).toContainText('Ben Lindqvist');
  await expect(inside).not.toContainText('Cleo Marchetti');
  await expect(inside).not.toContainText('Lena Brandt');
  await looksRight(aino, scripts);

  await aino.goto(`${rota.place}/membership`);
  const members = aino.getByRole('region', { name: /^Members/ });
  await members.getByRole('link', { name: 'Remove Ben Lindqvist' }).click();
  await looksRight(aino, scripts);
  await aino.getByRole('button', { name: 'Remove Ben Lindqvist' }).click();
  await expect(aino.locator('.flash')).toBeVisible();
  await ben.reload();
  await expect(onNow(ben, grafana.name), 'ended with the membership').toHaveCount(0);
  await expect(offer(ben, grafana.name)).toHaveCount(0);
  await aino.goto(`${grafana.place}/people`);
  await expect(inside).not.toContainText('Ben Lindqvist');

  // as before
  await aino.goto(`${rota.place}/membership`);
  await pick(aino, scripts, 'Add', 'Ben Lindqvist');
  await aino.getByRole('button', { name: 'Add to the group' }).click();
  await expect(members).toContainText('Ben Lindqvist');
  await ben.reload();
  await expect(onNow(ben, grafana.name), 'what ended stays ended').toHaveCount(0);
  await expect(offer(ben, grafana.name)).toContainText(`Through ${rota.name}`);
  await takeAway(aino, grafana.place, 'eligible', rota.name);
  await ben.reload();
  await expect(offer(ben, grafana.name)).toHaveCount(0);
});

test('a circle is refused with its way round, at its field, and nothing typed is lost', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await give(aino, scripts, dns.place, { to: grafana.name, kind: 'Eligible' });

  await aino.goto(`${grafana.place}/assign`);
  const typed = { to: dns.name, kind: 'Eligible' as const, reason: 'Whoever edits zones edits dashboards', end: inDays(20) };
  await fillGift(aino, scripts, typed);
  await aino.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(aino.getByRole('alert').first()).toContainText('Nothing was assigned');
  const why = `A group can't lie inside itself: ${dns.name} › ${grafana.name} › ${dns.name}.`;
  await expect(aino.locator('#f-people-error')).toContainText(why);
  await expect(aino.getByRole('checkbox', { name: dns.name })).toBeChecked();
  await expect(aino.getByRole('radio', { name: /^Eligible/ })).toBeChecked();
  await expect(aino.getByLabel('Justification')).toHaveValue(typed.reason);
  await expect(aino.getByLabel('Until', { exact: true })).toHaveValue(typed.end);
  await looksRight(aino, scripts);
  await aino.goto(`${grafana.place}/assignments?kind=eligible`);
  await expect(aino.getByRole('row').filter({ hasText: dns.name }), 'nothing was written').toHaveCount(0);

  // the same through the directory membership of a group that is not managed: it is eligible for DNS editors
  await aino.goto('/groups/platform-on-call/membership');
  await pick(aino, scripts, 'Add', dns.name);
  await aino.getByRole('button', { name: 'Add to the group' }).click();
  await expect(aino.locator('#f-principal-error')).toContainText(`${dns.name} › Platform on-call › ${dns.name}.`);
  await looksRight(aino, scripts);

  await takeAway(aino, dns.place, 'eligible', grafana.name);
});

test('no group is an active member of a role-assignable group: why, and what to do instead', async ({ person, scripts }) => {
  const niamh = await person('niamh.osullivan');
  await niamh.goto('/groups/prod-db-admins/assign');
  await fillGift(niamh, scripts, { to: rota.name, kind: 'Active', reason: 'The rota is always in', end: inDays(20) });
  await niamh.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(niamh.getByRole('alert').first()).toContainText('Nothing was assigned');
  const why = niamh.locator('#f-people-error');
  await expect(why).toContainText('No group can be active member of a role-assignable group.');
  await expect(why).toContainText('Make it eligible: each of its members then activates it alone.');
  await expect(niamh.getByRole('checkbox', { name: rota.name })).toBeChecked();
  await expect(niamh.getByRole('radio', { name: /^Active/ })).toBeChecked();
  await expect(niamh.getByLabel('Justification')).toHaveValue('The rota is always in');
  await looksRight(niamh, scripts);
  await niamh.goto('/groups/prod-db-admins/people');
  await expect(niamh.getByRole('main')).not.toContainText(rota.name);
});

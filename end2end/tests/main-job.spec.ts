import { ask, choose, fill, giveBack, offer, onNow, waiting } from '../support/access';
import { card, decide } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

test('without approval: on at once, given back at once', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  await ask(amara, { user: 'amara.okafor', group: 'Grafana editors', reason: 'Alert tuning for the storm week' });
  await expect(amara.locator('.flash')).toContainText('Grafana editors');
  await expect(onNow(amara, 'Grafana editors')).toContainText('left');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);
  await giveBack(amara, 'Grafana editors');
});

test('with approval: Amara asks, Søren approves in his browser, it is on in hers', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  const soren = await person('soren.dahl');
  const group = 'Kubernetes production, break-fix';
  const reason = 'INC-48217 settlement pods crash after release 26.3';
  await ask(amara, { user: 'amara.okafor', group, reason, ticket: 'INC-48217', code: true });
  await expect(waiting(amara, group)).toContainText('Waiting for approval');
  await expect(onNow(amara, group)).toHaveCount(0);

  await soren.goto('/approvals');
  await expect(card(soren, 'Amara Okafor', group)).toContainText(reason);
  await awake(soren, scripts);
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);
  await decide(soren, 'soren.dahl', { person: 'Amara Okafor', group, verdict: 'Approve' });

  await amara.goto('/access');
  await expect(onNow(amara, group)).toContainText('left');
  await giveBack(amara, group);
});

test('denied: the reason reaches who asked, and nothing is on', async ({ person }) => {
  const amara = await person('amara.okafor');
  const soren = await person('soren.dahl');
  const group = 'Kubernetes production, break-fix';
  await ask(amara, { user: 'amara.okafor', group, reason: 'Looking around a little', ticket: 'INC-1', code: true });
  await decide(soren, 'soren.dahl', { person: 'Amara Okafor', group, verdict: 'Deny', comment: 'Ask for the staging group.' });
  await amara.goto('/access');
  await expect(onNow(amara, group)).toHaveCount(0);
  await amara.goto('/requests');
  await amara.getByRole('main').locator('a[href*="/requests/R-"]').first().click();
  await expect(amara.getByRole('main')).toContainText('Ask for the staging group.');
});

test('cancelled: the approver finds nothing left to do', async ({ person }) => {
  const amara = await person('amara.okafor');
  const group = 'Kubernetes production, break-fix';
  await ask(amara, { user: 'amara.okafor', group, reason: 'Not needed after all', ticket: 'INC-2', code: true });
  await amara.goto('/access');
  await waiting(amara, group).getByRole('link', { name: /Cancel/ }).click();
  await amara.getByRole('button', { name: /Cancel/ }).click();
  await amara.goto('/access');
  await expect(waiting(amara, group)).toHaveCount(0);
  const soren = await person('soren.dahl');
  await soren.goto('/approvals');
  await expect(card(soren, 'Amara Okafor', group)).toHaveCount(0);
});

test('a form with a mistake keeps every answer and says what is wrong where it is wrong', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  const group = 'Kubernetes production, break-fix';
  await fill(amara, { user: 'amara.okafor', group, length: '2 h', reason: 'INC-48217 pods crash', ticket: '48217' });
  await amara.getByRole('button', { name: 'Activate' }).click();
  await expect(amara.getByRole('alert').first()).toContainText('Not activated');
  await expect(amara.getByLabel('Ticket number')).toHaveValue('48217');
  await expect(amara.getByLabel('Justification')).toHaveValue('INC-48217 pods crash');
  await expect(amara.getByRole('radio', { name: /^2\sh/ })).toBeChecked();
  await expect(amara.getByRole('main')).toContainText('You wrote “48217”');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);
});

test('extended while it runs: one access, a later end', async ({ person }) => {
  const amara = await person('amara.okafor');
  const group = 'Grafana editors';
  await ask(amara, { user: 'amara.okafor', group, reason: 'Alert tuning for the storm week' });
  const end = () => onNow(amara, group).locator('.left-time time').getAttribute('datetime');
  const before = Date.parse((await end())!);
  await onNow(amara, group).getByRole('link', { name: 'Extend' }).click();
  await choose(amara.getByRole('radio', { name: /^2\sh/ }));
  await amara.getByLabel('Justification').fill('The storm lasts longer than forecast');
  await amara.getByRole('button', { name: /Extend/ }).click();
  await amara.goto('/access');
  await expect(onNow(amara, group)).toHaveCount(1);
  expect(Date.parse((await end())!)).toBeGreaterThan(before);
  await giveBack(amara, group);
});

test('what cannot be activated says why and what to do', async ({ person }) => {
  const amara = await person('amara.okafor');
  await amara.goto('/access');
  const row = offer(amara, 'Helpdesk tier 2');
  await expect(row).toContainText('Nobody can approve this today');
  await row.getByRole('link', { name: 'Why?' }).click();
  await expect(amara.getByRole('main')).toContainText('Hanna Kowalska');
});

import { ask, giveBack, onNow } from '../support/access';
import { decide } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 240_000 });

const people = (page: import('@playwright/test').Page) => page.goto('/people').then((answer) => answer?.status());

test('option 1: in a group that is eligible for a role, each member switches the role on for herself', async ({ person }) => {
  const [amara, ben] = [await person('amara.okafor'), await person('ben.lindqvist')];
  const group = 'Production database admins';
  const role = 'Application Administrator';
  expect(await people(amara)).toBe(404);
  await amara.goto('/access');
  const row = amara.getByRole('row').filter({ hasText: role }).filter({ hasText: 'Directory role' });
  await expect(row).toContainText(group);
  await ask(amara, {
    user: 'amara.okafor',
    group,
    reason: 'INC-48217 replication has stopped on the primary',
    ticket: 'INC-48217',
    code: true,
  });
  await decide(ben, 'ben.lindqvist', { person: 'Amara Okafor', group, verdict: 'Approve' });
  expect(await people(amara), 'the role is another switch').toBe(404);
  await ask(amara, { user: 'amara.okafor', group: role, role: 'Directory role', reason: 'Renew the token of the ledger', code: true });
  await expect(onNow(amara, role)).toContainText('Directory role');
  expect(await people(amara), 'from the next request on').toBe(200);
  await giveBack(amara, group);
  await expect(onNow(amara, role), 'leaving the group ends what came through it').toHaveCount(0);
  expect(await people(amara)).toBe(404);
});

test('option 2: being in a group that holds a role is having the role, and nothing against protected people', async ({ person }) => {
  const [niamh, amara] = [await person('niamh.osullivan'), await person('amara.okafor')];
  await niamh.goto('/groups/helpdesk-tier2/settings?role=member');
  const approval = niamh.getByLabel('Approval', { exact: true });
  if (await approval.isChecked()) {
    await approval.press('Space');
    await niamh.getByRole('button', { name: 'Review changes' }).click();
    await niamh.locator('input[name="code"]').fill(await freshCode(niamh, 'niamh.osullivan'));
    await niamh.getByRole('button', { name: /^Save/ }).click();
    await expect(niamh.locator('.flash.ok')).toContainText('Saved.');
  }
  const reset = () => amara.getByRole('link', { name: 'Reset second factor' });
  await ask(amara, { user: 'amara.okafor', group: 'Helpdesk tier 2', reason: 'Evening shift of the helpdesk', code: true });
  await amara.goto('/people/yuki.tanaka');
  await expect(reset()).toBeVisible();
  await amara.goto('/people/aino.virtanen');
  await expect(amara.getByRole('heading', { level: 1 })).toHaveText('Aino Virtanen');
  await expect(reset(), 'she is protected').toHaveCount(0);
  await giveBack(amara, 'Helpdesk tier 2');
  expect(await people(amara)).toBe(404);
});

test('a role is asked for, approved, and used against protected people only while it is on', async ({ person, scripts }) => {
  const [rafael, aino] = [await person('rafael.duarte'), await person('aino.virtanen')];
  const role = 'Privileged Authentication Administrator';
  await ask(rafael, { user: 'rafael.duarte', group: role, role: 'Directory role', reason: 'The auditor lost her phone today', code: true });
  const reset = () => rafael.getByRole('link', { name: 'Reset second factor' });
  await rafael.goto('/people/ingrid.solheim');
  await expect(reset()).toHaveCount(0);
  await decide(aino, 'aino.virtanen', { person: 'Rafael Duarte', group: role, verdict: 'Approve' });
  await rafael.goto('/people/ingrid.solheim');
  await expect(reset()).toBeVisible();

  const niamh = await person('niamh.osullivan');
  const base = '/roles/privileged-authentication-administrator';
  await niamh.goto('/roles');
  await niamh.getByRole('link', { name: role }).click();
  await expect(niamh.getByRole('main')).toContainText('Rafael Duarte');
  for (const path of ['', '/assignments?kind=active', '/assign', '/settings', '/requests?show=all', '/audit']) {
    await niamh.goto(base + path);
    await awake(niamh, scripts);
    await expectAccessible(niamh, scripts);
    await expectNoSidewaysScroll(niamh);
  }
  await niamh.goto(base + '/assignments?kind=active');
  const row = niamh.getByRole('row').filter({ hasText: 'Rafael Duarte' });
  await row.locator('summary').click();
  await row.getByRole('link', { name: 'Remove' }).click();
  await niamh.getByRole('button', { name: 'Remove 1 assignment' }).click();
  await expect(niamh.locator('.flash')).toContainText('Removed.');
  await rafael.goto('/people/ingrid.solheim');
  await expect(reset(), 'from the next request on').toHaveCount(0);
});

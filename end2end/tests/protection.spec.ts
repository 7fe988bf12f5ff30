import type { Page } from '@playwright/test';
import { ask, giveBack } from '../support/access';
import { decide } from '../support/approvals';
import { give, inDays, takeAway } from '../support/assign';
import { awake, expect, test } from '../support/fixtures';
import { looksRight } from '../support/looks';

test.describe.configure({ timeout: 240_000 });

const group = 'Production database admins';

/** What may be done to a person, as its page offers it, and where. */
const acts = { Edit: 'edit', 'Make a sign-in link': 'link', Disable: 'disable', Delete: 'delete' };

const act = (page: Page, name: string) => page.getByRole('main').getByRole('link', { name, exact: true });

/** Only who has a second factor can lose it. */
const reset = (page: Page) => act(page, 'Reset second factor');

const status = (page: Page, address: string) => page.goto(address).then((answer) => answer?.status());

/** Her page, with every act or none of them. */
async function expectActs(page: Page, user: string, there: boolean): Promise<void> {
  expect(await status(page, `/people/${user}`)).toBe(200);
  for (const name of Object.keys(acts)) await expect(act(page, name), `${name} ${user}`).toHaveCount(there ? 1 : 0);
}

test('protected people are out of reach of a User Administrator, at every address; the right role reaches them', async ({
  person,
  scripts,
}) => {
  const rafael = await person('rafael.duarte');
  // holds a directory role; owns a role-assignable group; is in one
  for (const user of ['aino.virtanen', 'ben.lindqvist', 'lena.brandt']) {
    await expectActs(rafael, user, false);
    await expect(reset(rafael), user).toHaveCount(0);
    for (const page of [...Object.values(acts), 'reset']) {
      expect(await status(rafael, `/people/${user}/${page}`), `${user}/${page}`).toBe(404);
    }
  }
  await looksRight(rafael, scripts);
  await expectActs(rafael, 'lena.brandt', false);
  await looksRight(rafael, scripts);
  await expectActs(rafael, 'anders.moller', true);

  const aino = await person('aino.virtanen');
  await expectActs(aino, 'ben.lindqvist', true);
  await expect(reset(aino)).toHaveCount(1);
  await expectActs(aino, 'lena.brandt', true);
  await act(aino, 'Make a sign-in link').click();
  await looksRight(aino, scripts);
  await expectActs(aino, 'lena.brandt', true);
  await act(aino, 'Disable').click();
  await looksRight(aino, scripts);
  await aino.getByLabel('Why').fill('On leave until Monday');
  await aino.getByRole('button', { name: 'Disable Lena Brandt' }).click();
  await expect(aino.locator('.flash')).toContainText('Disabled.');
  await act(aino, 'Enable').click();
  await aino.getByRole('button', { name: 'Enable Lena Brandt' }).click();
  await expect(aino.locator('.flash')).toContainText('Enabled.');
  await expectActs(aino, 'lena.brandt', true);
});

test('eligible is not protected; active is, from the next request on, and in a page that was open', async ({ person, scripts }) => {
  const [rafael, amara, ben] = [await person('rafael.duarte'), await person('amara.okafor'), await person('ben.lindqvist')];
  await expectActs(rafael, 'amara.okafor', true);
  await expect(reset(rafael)).toHaveCount(1);
  await looksRight(rafael, scripts);
  const open = await rafael.context().newPage();
  await open.goto('/people/amara.okafor/edit');
  await open.getByLabel('Job title').fill('Somebody else');

  const reason = 'INC-48217 replication has stopped on the primary';
  await ask(amara, { user: 'amara.okafor', group, reason, ticket: 'INC-48217', code: true });
  await decide(ben, 'ben.lindqvist', { person: 'Amara Okafor', group, verdict: 'Approve' });
  await open.getByRole('button', { name: 'Save' }).click();
  await expect(open.getByRole('heading', { level: 1 })).toHaveText('Not here');
  await looksRight(open, scripts);
  await expectActs(rafael, 'amara.okafor', false);
  await expect(reset(rafael)).toHaveCount(0);
  await expect(rafael.getByRole('main')).toContainText('Platform engineer');

  await giveBack(amara, group);
  await expectActs(rafael, 'amara.okafor', true);
});

test('a policy without approval says that who is eligible is not protected', async ({ person, scripts }) => {
  const warning = 'An eligible person who is not active is not protected';
  const niamh = await person('niamh.osullivan');
  await niamh.goto('/groups/helpdesk-tier2');
  await expect(niamh.getByRole('main')).toContainText(`Becoming an owner: This leads to directory roles`);
  await expect(niamh.getByRole('main')).toContainText(warning);
  await looksRight(niamh, scripts);

  await niamh.goto('/groups/prod-db-admins/settings?role=member');
  await awake(niamh, scripts);
  const panel = niamh.getByRole('complementary', { name: 'Before you save' });
  await expect(panel).not.toContainText(warning);
  await niamh.getByLabel('Approval', { exact: true }).press('Space');
  if (!scripts) await niamh.getByRole('button', { name: 'Review changes' }).click();
  await expect(panel).toContainText(warning);
  await looksRight(niamh, scripts);
});

test('a role-assignable group is managed by its owners and by who gives roles, not by a Groups Administrator', async ({
  person,
  scripts,
}) => {
  const [niamh, mei] = [await person('niamh.osullivan'), await person('mei-ling.chen')];
  const role = '/roles/groups-administrator';
  expect(await status(mei, '/groups/grafana-editors/edit')).toBe(404);
  await give(niamh, scripts, role, { to: 'Mei-Ling Chen', kind: 'Active', end: inDays(5), reason: 'Cover for the holidays' });
  await looksRight(niamh, scripts);

  expect(await status(mei, '/groups/grafana-editors')).toBe(200);
  await act(mei, 'Edit').click();
  await expect(mei.getByRole('heading', { level: 1 })).toHaveText('Edit Grafana editors');
  await mei.goto('/groups/new');
  await expect(mei.getByLabel('Name', { exact: true })).toBeVisible();
  await expect(mei.getByLabel('Role-assignable')).toHaveCount(0);
  expect(await status(mei, '/groups/prod-db-admins')).toBe(200);
  for (const name of ['Edit', 'Delete', 'Assignments', 'Settings']) await expect(act(mei, name)).toHaveCount(0);
  await looksRight(mei, scripts);
  for (const page of ['edit', 'delete', 'assign', 'assignments', 'settings', 'audit']) {
    expect(await status(mei, `/groups/prod-db-admins/${page}`), page).toBe(404);
  }

  const [ben, aino] = [await person('ben.lindqvist'), await person('aino.virtanen')];
  for (const page of [ben, niamh, aino]) {
    expect(await status(page, '/groups/prod-db-admins')).toBe(200);
    await expect(act(page, 'Assignments')).toHaveCount(1);
    await act(page, 'Edit').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Edit ${group}`);
  }
  await ben.getByRole('button', { name: 'Save' }).click();
  await expect(ben.locator('.flash')).toBeVisible();

  await takeAway(niamh, role, 'active', 'Mei-Ling Chen');
  expect(await status(mei, '/groups/grafana-editors/edit'), 'from the next request on').toBe(404);
});

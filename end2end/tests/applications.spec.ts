import { ask, giveBack } from '../support/access';
import { pick } from '../support/assign';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';
import { application, TOKEN } from '../support/scim';

test.describe.configure({ timeout: 240_000 });

test('an application follows a group: usable within seconds after activating, gone within seconds after the end', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  const amara = await person('amara.okafor');
  const git = await application();
  const name = `Git ${test.info().project.name}`;
  const group = 'Grafana editors';

  await aino.goto('/admin/applications');
  await aino.getByRole('link', { name: 'Connect an application' }).click();
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByLabel('Name', { exact: true }).fill(name);
  await aino.getByLabel('Address').fill(git.address);
  await aino.getByLabel('Token or password').fill(TOKEN);
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: 'Connect' }).click();
  await expect(aino.locator('.flash')).toContainText('The application is connected.');
  const page = aino.url();
  await expect(aino.getByRole('main')).not.toContainText(TOKEN);

  await aino.getByRole('button', { name: 'Test the connection' }).click();
  await expect(aino.locator('.flash')).toContainText('The test went well.');
  await aino.getByRole('button', { name: 'Test writing' }).click();
  await expect(aino.locator('.flash')).toContainText('The test went well.');
  expect(await git.all('Groups')).toEqual([]);

  await aino.getByRole('link', { name: 'Assign a group' }).click();
  await pick(aino, scripts, 'Group', group);
  await aino.getByLabel('What its members are there').fill('Editor of dashboards');
  await aino.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(aino.locator('.flash')).toContainText('The group is assigned.');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await ask(amara, { user: 'amara.okafor', group, reason: 'INC-48217 the journey of applications' });
  const there = amara.getByRole('region', { name: 'In applications' });
  const sees = async (words: RegExp) => {
    await amara.goto('/access');
    if (scripts) {
      // the page follows by itself
      await expect(there).toContainText(words, { timeout: 30_000 });
      return;
    }
    await expect(async () => {
      await amara.goto('/access');
      await expect(there).toContainText(words, { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  };
  await sees(new RegExp(`Usable in ${name} · \\d+ s`));
  await expect(there).toContainText('Editor of dashboards');
  expect(await git.members(group)).toContain('amara.okafor');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);

  await giveBack(amara, group);
  await sees(new RegExp(`Removed in ${name} · \\d+ s`));
  expect(await git.members(group)).not.toContain('amara.okafor');

  // what an administrator sees of it
  await aino.goto(`${page}/people?show=all`);
  await expect(aino.getByRole('row').filter({ hasText: 'Amara Okafor' })).toBeVisible();
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.goto(`${page}/log`);
  await aino.getByRole('link', { name: /^remove/ }).first().click();
  await expect(aino.getByRole('main')).toContainText('What was sent');
  await expect(aino.getByRole('main')).not.toContainText(TOKEN);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.goto(`${page}/now`);
  await pick(aino, scripts, 'Person', 'Amara Okafor');
  await aino.getByRole('button', { name: 'Rehearse it' }).click();
  await expect(aino.getByRole('region', { name: 'What each step came to' })).toContainText('In scope?');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await expect(aino.getByRole('main')).toContainText('Amara Okafor');

  // her page shows it to who looks after applications
  await aino.goto('/people/amara.okafor');
  await expect(aino.getByRole('region', { name: 'In applications' })).toContainText(`Removed in ${name}`);
  await aino.goto(page);
  await aino.getByRole('button', { name: `Look at ${group} again` }).click();
  await expect(aino.locator('.flash')).toContainText('looked at again');

  // as it was, for the other journeys
  await aino.goto(page);
  await aino.getByRole('button', { name: `Take ${group} away` }).click();
  await expect(aino.locator('.flash')).toContainText('The group is taken away.');
  await expect(async () => expect(await git.members(group)).toEqual([])).toPass({ timeout: 30_000 });
  await aino.goto(`${page}/delete`);
  await aino.getByRole('button', { name: `Delete ${name}` }).click();
  await expect(aino.locator('.flash')).toContainText('The application is deleted.');
  git.close();
});

test('a database is connected by the same form, and asks what a database needs', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  const name = `Shop ${test.info().project.name}`;
  await aino.goto('/admin/applications/new');
  await awake(aino, scripts);
  await aino.getByLabel('A PostgreSQL database: members get one of its roles').check();
  await aino.getByLabel('Name', { exact: true }).fill(name);
  await aino.getByLabel('Address').fill('postgres://pimento:secret@localhost/shop');
  await aino.getByLabel('Token or password').fill('of the role that grants');
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: 'Connect' }).click();
  await expect(aino.getByRole('main')).toContainText('The password goes into its own field');
  // nothing that was typed is lost but the secret
  await expect(aino.getByLabel('Name', { exact: true })).toHaveValue(name);
  await expect(aino.getByLabel('A PostgreSQL database: members get one of its roles')).toBeChecked();
  await aino.getByLabel('Address').fill('postgres://pimento@localhost:1/shop');
  await aino.getByLabel('Token or password').fill('of the role that grants');
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: 'Connect' }).click();
  await expect(aino.locator('.flash')).toContainText('The application is connected.');
  const page = aino.url();
  await expect(aino.getByRole('main')).not.toContainText('of the role that grants');

  await aino.getByRole('button', { name: 'Test the connection' }).click();
  await expect(aino.locator('.flash')).toContainText('The test did not go well.');
  await expect(aino.getByRole('region', { name: 'Test of the connection' })).toContainText('does not answer');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByRole('link', { name: 'Change' }).click();
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await expect(aino.getByRole('main')).not.toContainText('PATCH');
  await aino.getByLabel('As what somebody logs in').selectOption({ label: 'sign-in name up to its @' });
  await aino.getByLabel('Leave them open').check();
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: 'Save' }).click();
  await expect(aino.locator('.flash')).toContainText('Saved.');
  await aino.goto(`${page}/edit`);
  await expect(aino.getByLabel('Leave them open')).toBeChecked();

  await aino.goto(`${page}/groups`);
  await pick(aino, scripts, 'Group', 'Grafana editors');
  await aino.getByLabel('The role that its members get').fill('grafana_editor');
  await aino.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(aino.locator('.flash')).toContainText('The group is assigned.');
  await expect(aino.getByRole('row').filter({ hasText: 'Grafana editors' })).toContainText('grafana_editor');

  await aino.goto(`${page}/delete`);
  await aino.getByRole('button', { name: `Delete ${name}` }).click();
  await expect(aino.locator('.flash')).toContainText('The application is deleted.');
});

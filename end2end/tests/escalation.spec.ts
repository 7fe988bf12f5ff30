import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 120_000 });

test('others are named for later, and who asks reads from when on they can decide', async ({ person, scripts }) => {
  const ben = await person('ben.lindqvist');
  const settings = '/groups/prod-db-admins/settings?role=member';
  await ben.goto(settings);
  await awake(ben, scripts);
  const panel = ben.getByRole('complementary', { name: 'Before you save' });
  await ben.getByRole('switch', { name: 'Escalate' }).check();
  await ben.getByLabel('They may decide after').selectOption('P1D');
  if (!scripts) await ben.getByRole('button', { name: 'Review changes' }).click();
  await expect(panel).toContainText('Cannot be saved like this.');
  await expect(panel).toContainText('Name at least one person or group for later');
  await expect(panel).toContainText('A request has lapsed by then.');

  await ben.getByLabel('They may decide after').selectOption('PT2H');
  const later = ben.getByLabel('Add somebody for later');
  await later.fill('Jonas Weber');
  if (scripts) {
    await ben.getByRole('option', { name: /Jonas Weber/ }).click();
  } else {
    await ben.getByRole('button', { name: 'Review changes' }).click();
    await ben.getByRole('checkbox', { name: /Jonas Weber/ }).check();
  }
  await ben.getByRole('button', { name: 'Review changes' }).click();
  await expect(panel.locator('.diff')).toContainText('Who may decide later too');
  await expect(panel.locator('.diff')).toContainText('Jonas Weber');
  await awake(ben, scripts);
  await expectAccessible(ben, scripts);
  await expectNoSidewaysScroll(ben);
  await ben.locator('input[name="code"]').fill(await freshCode(ben, 'ben.lindqvist'));
  await ben.getByRole('button', { name: /^Save/ }).click();
  await expect(ben.locator('.flash')).toContainText(/[Ss]aved/);
  await expect(ben.getByRole('checkbox', { name: /Jonas Weber/ })).toBeChecked();
  await ben.goto('/groups/prod-db-admins');
  await expect(ben.getByRole('main')).toContainText(/others may too after 2.h/);

  const asker = await person('amara.okafor');
  await asker.goto('/access/activate?pick=prod-db-admins.member');
  await expect(asker.getByRole('complementary', { name: 'What will happen' })).toContainText('Jonas Weber can decide too.');
  await awake(asker, scripts);
  await expectAccessible(asker, scripts);

  // as it was, for the other journeys
  await ben.goto(settings);
  await awake(ben, scripts);
  await ben.getByRole('switch', { name: 'Escalate' }).uncheck();
  await ben.getByRole('button', { name: 'Review changes' }).click();
  await ben.locator('input[name="code"]').fill(await freshCode(ben, 'ben.lindqvist'));
  await ben.getByRole('button', { name: /^Save/ }).click();
  await expect(ben.locator('.flash')).toContainText(/[Ss]aved/);
});

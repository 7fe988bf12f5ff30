import { expectAccessible } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 120_000 });

test('a policy is reviewed before it is saved, and says what changed', async ({ person }) => {
  const ben = await person('ben.lindqvist');
  await ben.goto('/groups/prod-db-admins/settings?role=member');
  const longest = ben.getByLabel('Longest activation');
  const before = await longest.inputValue();
  const after = before === 'PT3H' ? 'PT2H' : 'PT3H';
  await longest.selectOption(after);
  await ben.getByRole('button', { name: 'Review changes' }).click();
  await expect(ben.locator('ins').first()).toBeVisible();
  await expect(ben.getByLabel('Longest activation')).toHaveValue(after);
  await ben.getByLabel(/Reason for the change/).fill('Audit finding F-13: activations are long');
  await ben.locator('input[name="code"]').fill(await freshCode(ben, 'ben.lindqvist'));
  await ben.getByRole('button', { name: /^Save/ }).click();
  await expect(ben.locator('.flash')).toContainText(/[Ss]aved/);
  await ben.goto('/groups/prod-db-admins/settings?role=member');
  await expect(ben.getByLabel('Longest activation')).toHaveValue(after);
  await ben.goto('/groups/prod-db-admins/audit');
  await expect(ben.getByRole('main')).toContainText('Policy saved');
});

test('approval without anybody who approves cannot be saved', async ({ person }) => {
  const ben = await person('ben.lindqvist');
  await ben.goto('/groups/prod-db-admins/settings?role=member');
  for (const name of ['Ben Lindqvist', 'Cleo Marchetti']) {
    await ben.getByRole('checkbox', { name: new RegExp(name) }).press('Space');
  }
  await ben.getByRole('button', { name: 'Review changes' }).click();
  await expect(ben.getByRole('alert').first()).toContainText('Name at least one approver');
});

test('with scripts the panel follows while somebody types; without, it says so on review', async ({ person, scripts }) => {
  const ben = await person('ben.lindqvist');
  await ben.goto('/groups/prod-db-admins/settings?role=member');
  await awake(ben, scripts);
  const panel = ben.getByRole('complementary', { name: 'Before you save' });
  await ben.getByLabel('Longest activation').selectOption('PT30M');
  await ben.getByLabel('Ticket number').selectOption('none');
  if (!scripts) {
    await ben.waitForTimeout(1_000);
    await expect(panel.locator('del')).toHaveCount(0);
    await ben.getByRole('button', { name: 'Review changes' }).click();
  }
  await expect(panel.locator('.diff')).toContainText('Longest activation');
  await expect(panel.locator('.diff')).toContainText('Ticket number');
  await expect(panel).toContainText('The last 90 days under this draft');
  await expect(panel).toContainText(/\d+ too long/);
  await expectAccessible(ben, scripts);
  for (const name of ['Ben Lindqvist', 'Cleo Marchetti']) {
    await ben.getByRole('checkbox', { name: new RegExp(name) }).press('Space');
  }
  if (!scripts) await ben.getByRole('button', { name: 'Review changes' }).click();
  await expect(panel).toContainText('Cannot be saved like this.');
  await expect(panel).toContainText('Name at least one approver');
});

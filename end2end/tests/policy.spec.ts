import { freshCode } from '../support/code';
import { expect, test } from '../support/fixtures';

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

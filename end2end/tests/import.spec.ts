import { readFileSync } from 'node:fs';
import { expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 120_000 });

const file = (name: string) => readFileSync(`data/contoso/${name}.json`, 'utf8');

test('a directory export is reported first, with every awkward case, and changes nothing by itself', async ({ person }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/people');
  await aino.getByRole('link', { name: 'Import' }).click();
  await aino.getByLabel('Role assignments').fill(file('roleAssignments'));
  await aino.getByRole('button', { name: 'Show what would change' }).click();
  await expect(aino.getByRole('heading', { name: 'What would change' })).toBeVisible();
  // the people of these assignments are not here: said, with what to do, and nothing is followed
  await expect(aino.getByRole('main')).toContainText(/refused/i);
  await aino.goto('/people?q=adele');
  await expect(aino.getByRole('main')).not.toContainText('Adele Vance');
});

test('what is no list is refused at its field and kept', async ({ person }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/admin/import');
  await aino.getByLabel('Users').fill('{"error": {"code": "Authorization_RequestDenied"}}');
  await aino.getByRole('button', { name: 'Show what would change' }).click();
  await expect(aino.getByRole('alert').first()).toContainText('Nothing was imported');
  await expect(aino.getByLabel('Users')).toHaveValue(/Authorization_RequestDenied/);
});

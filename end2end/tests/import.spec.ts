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

test('an import that is agreed to does what its report said; the same again changes nothing', async ({ person }) => {
  const aino = await person('aino.virtanen');
  // in one line: a browser is slow at pasting thousands of them
  const paste = (label: string, name: string) =>
    aino.getByRole('main').getByLabel(label).fill(JSON.stringify(JSON.parse(file(name))), { timeout: 30_000 });
  const report = async () => {
    await aino.goto('/admin/import');
    await paste('Users', 'users');
    await paste('Groups', 'groups');
    await paste('Role assignments', 'roleAssignments');
    await aino.getByRole('button', { name: 'Show what would change' }).click();
    await expect(aino.getByRole('heading', { name: 'What would change' })).toBeVisible();
  };
  const agree = aino.getByRole('button', { name: 'Import what the report says' });

  await report();
  await expect(aino.getByRole('main')).toContainText('People: 122 created');
  await expect(aino.getByRole('main')).toContainText('Groups: 34 created');
  await agree.click();
  await expect(aino).toHaveURL(/\/people$/);
  await expect(aino.locator('.flash')).toContainText('Imported.');
  await aino.goto('/people?q=adele');
  await expect(aino.getByRole('row').filter({ hasText: 'Adele Vance' })).toHaveCount(1);
  await aino.goto('/groups?q=finance');
  await expect(aino.getByRole('row').filter({ hasText: 'All Finance' })).toHaveCount(1);

  await report();
  await expect(aino.getByRole('main')).toContainText('People: 122 unchanged');
  await expect(aino.getByRole('main')).not.toContainText(/\d (created|changed|ended)/);
  await expect(agree).toHaveCount(0);
});

import { readFileSync } from 'node:fs';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 120_000 });

test('ticked groups and a pasted list: shown line by line, agreed to, done, and downloaded', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/groups?q=crm');
  await aino.getByRole('checkbox', { name: 'Select CRM administrators' }).check();
  await aino.getByRole('button', { name: 'Assign people' }).click();
  await expect(aino.getByLabel('To these groups and roles')).toHaveValue('crm-admins');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByLabel('To these groups and roles').fill('crm-admins\ngrafana-editors');
  await aino.getByLabel('People or groups').fill('David O’Connor <david.oconnor@larkfield.example>; emma.larsen\nnobody@larkfield.example');
  await aino.getByLabel('Until', { exact: true }).fill('2026-01-01T12:00');
  await aino.getByRole('button', { name: 'Show what would happen' }).click();
  await expect(aino.getByRole('main')).toContainText('0 would be assigned, 6 refused.');
  await expect(aino.getByRole('button', { name: /^Assign/ }), 'nothing to agree to').toHaveCount(0);

  const end = new Date(Date.now() + 20 * 24 * 3_600_000).toISOString().slice(0, 10);
  await aino.getByLabel('Until', { exact: true }).fill(`${end}T12:00`);
  await aino.getByLabel('Justification').fill('Cover for the move of the CRM');
  await aino.getByRole('button', { name: 'Show what would happen' }).click();
  await expect(aino.getByRole('main')).toContainText('4 would be assigned, 2 refused.');
  await expect(aino.getByRole('row').filter({ hasText: 'Emma Larsen' })).toHaveCount(2);
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByRole('button', { name: /^Assign 4/ }).click();
  await expect(aino.getByRole('heading', { level: 1 })).toContainText('4 of 6 assigned');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  const downloading = aino.waitForEvent('download');
  await aino.getByRole('link', { name: 'Download the result' }).click();
  const file = readFileSync(await (await downloading).path(), 'utf8');
  expect(file.split('\r\n').filter((line) => line.includes('"assigned"'))).toHaveLength(4);

  await aino.goto('/groups/crm-admins/assignments?kind=eligible');
  await expect(aino.getByRole('main')).toContainText('Emma Larsen');
});

test('an uploaded sheet is mended on the page and done', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/assign');
  await aino.getByRole('link', { name: 'Sheet' }).click();
  await expect(aino.getByLabel('File')).toBeVisible();
  const end = new Date(Date.now() + 20 * 24 * 3_600_000).toISOString().slice(0, 10);
  const sheet = `principal;target;kind;end;reason\r\nanjali.mehta;dns-editors;eligible;${end};Zone move\r\ncagla.ozturk;dns-editors;often;${end};Zone move\r\n`;
  await aino.getByLabel('File').setInputFiles({ name: 'rota.csv', mimeType: 'text/csv', buffer: Buffer.from(sheet) });
  await aino.getByRole('button', { name: 'Show what would happen' }).click();
  await expect(aino.getByRole('main')).toContainText('1 would be assigned, 1 refused.');
  await expect(aino.getByLabel('Or its lines')).toHaveValue(/cagla\.ozturk;dns-editors;often/);
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByLabel('Or its lines').fill(sheet.replace('often', 'eligible'));
  await aino.getByRole('button', { name: 'Show what would happen' }).click();
  await expect(aino.getByRole('main')).toContainText('2 would be assigned, none refused.');
  await aino.getByRole('button', { name: /^Assign 2/ }).click();
  await expect(aino.getByRole('heading', { level: 1 })).toContainText('2 of 2 assigned');

  await aino.goto('/assign/sheet');
  await aino.getByLabel('Or its lines').fill('name,group\nAnn,dns-editors');
  await aino.getByRole('button', { name: 'Show what would happen' }).click();
  await expect(aino.getByRole('alert').first()).toContainText('Nothing was assigned');
  await expect(aino.getByLabel('Or its lines')).toHaveValue(/^name,group/);
  await expectAccessible(aino, scripts);
});

import { readFileSync } from 'node:fs';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test('the audit is taken out for a code, filtered as the page was', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/audit?kind=people');
  const rows = await aino.getByRole('table').getByRole('row').count();
  await aino.getByRole('link', { name: 'Export' }).click();
  await expect(aino.getByRole('heading', { level: 1 })).toHaveText('Export of the audit');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByRole('radio', { name: 'JSON lines' }).check();
  await aino.getByLabel('Code from your authenticator app').fill('000000');
  await aino.getByRole('button', { name: 'Download' }).click();
  await expect(aino.getByRole('main')).toContainText('Nothing was exported.');
  await expect(aino.getByRole('radio', { name: 'JSON lines' }), 'what was chosen is kept').toBeChecked();

  await aino.getByLabel('Code from your authenticator app').fill(await freshCode(aino, 'aino.virtanen'));
  const downloading = aino.waitForEvent('download');
  await aino.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^pimento-audit-\d{4}-\d\d-\d\d\.ndjson$/);
  const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\n');
  expect(JSON.parse(lines[0]!)).toMatchObject({ format: 'pimento-audit-export-1', complete: false });
  expect(lines.length, 'first, events, last').toBeGreaterThanOrEqual(rows - 1 + 2);

  await aino.goto('/audit?kind=settings');
  await expect(aino.getByRole('main')).toContainText('Audit exported');
});

import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';
import { type Page } from '@playwright/test';

test.describe.configure({ timeout: 180_000 });

const SETTINGS = '/admin/alerts/settings';
const KIND = 'Activated too frequently';

/** The thresholds of one kind. */
const kind = (page: Page) => page.getByRole('region', { name: KIND, exact: true });

/** Its alerts on a page of the list; the worker counts within a quarter of a minute after a change. */
async function expectAlerts(page: Page, show: string, there: boolean): Promise<void> {
  await expect(async () => {
    await page.goto(`/admin/alerts?show=${show}`);
    const rows = page.getByRole('row').filter({ hasText: KIND });
    if (there) await expect(rows.first()).toBeVisible({ timeout: 500 });
    else await expect(rows).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
}

async function setTimes(page: Page, times: string, reason: string): Promise<void> {
  await page.goto(SETTINGS);
  await kind(page).getByLabel('Activations by one person, at least').fill(times);
  await page.getByLabel('Why').fill(reason);
  await page.getByRole('button', { name: 'Save' }).click();
}

test('an administrator says what raises alerts, sees one open, says that she knows, and it is over when it is not so any more', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/admin/alerts');
  await aino.getByRole('link', { name: 'What raises them' }).click();
  await expect(aino).toHaveURL(new RegExp(`${SETTINGS}$`));
  await setTimes(aino, '1', 'The journey of alerts');
  await expect(aino.getByRole('main')).toContainText('Not saved.');
  await expect(kind(aino).getByLabel('Activations by one person, at least'), 'nothing typed is lost').toHaveValue('1');
  await expect(aino.getByLabel('Why')).toHaveValue('The journey of alerts');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await setTimes(aino, '2', 'The journey of alerts');
  await expect(aino.locator('.flash')).toContainText('Saved.');
  await expect(aino.getByRole('region', { name: 'Versions' })).toContainText('The journey of alerts');

  await expectAlerts(aino, 'open', true);
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  // who reads everything sees it, and the way to what it is about; acknowledging is for others
  const ingrid = await person('ingrid.solheim');
  await ingrid.goto('/admin/alerts');
  await ingrid.getByRole('row').filter({ hasText: KIND }).first().getByRole('link', { name: KIND }).click();
  await expect(ingrid.getByRole('main')).toContainText('Global Administrators and Privileged Role Administrators acknowledge alerts.');
  await ingrid.getByRole('link', { name: 'Look at the requests' }).click();
  await expect(ingrid).toHaveURL(/\/(groups|roles)\/[a-z0-9-]+\/requests/);
  expect((await ingrid.goto(SETTINGS))?.status()).toBe(200);
  await expect(ingrid.getByRole('button', { name: 'Save' })).toHaveCount(0);

  const row = aino.getByRole('row').filter({ hasText: KIND }).first();
  const href = (await row.getByRole('link', { name: KIND }).getAttribute('href'))!;
  await aino.goto(href);
  await aino.getByLabel('Why').fill('short');
  await aino.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(aino.getByRole('main')).toContainText('Not acknowledged.');
  await expect(aino.getByLabel('Why')).toHaveValue('short');
  await aino.getByLabel('Why').fill('She is on call this week and I know');
  await aino.getByLabel('1 day', { exact: true }).check();
  await aino.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(aino.locator('.flash')).toContainText('Acknowledged.');
  await aino.goto('/admin/alerts?show=acknowledged');
  await expect(aino.getByRole('row').filter({ hasText: 'She is on call this week and I know' })).toHaveCount(1);
  await expect(aino.locator(`a[href="${href}"]`)).toBeVisible();
  await aino.goto(href);
  await expect(aino.getByRole('button', { name: 'Acknowledge again' })).toBeVisible();
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await setTimes(aino, '100', 'The journey of alerts is over');
  await expectAlerts(aino, 'closed', true);
  await expectAlerts(aino, 'open', false);
  await aino.goto(href);
  await expect(aino.getByRole('main')).toContainText('It is not so any more; there is nothing left to acknowledge.');
  await setTimes(aino, '10', 'As it was before the journey');
});

test('who reads nothing of the whole gets no page of alerts', async ({ person }) => {
  const amara = await person('amara.okafor');
  for (const page of ['/admin/alerts', SETTINGS]) expect((await amara.goto(page))?.status(), page).toBe(404);
});

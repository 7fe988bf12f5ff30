import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';
import { type Page } from '@playwright/test';

test.describe.configure({ timeout: 180_000 });

/** The card of a report with this heading. */
const card = (page: Page, heading: string) => page.getByRole('region', { name: heading, exact: true });

/** The sum of all numbers in a card's table. */
async function total(page: Page, heading: string): Promise<number> {
  const cells = await card(page, heading).locator('tbody td.num').allInnerTexts();
  return cells.map((cell) => Number(cell.replace(',', ''))).reduce((all, one) => all + one, 0);
}

test('an auditor sees how access is used, follows a number to its group, and takes the file', async ({ person, scripts }) => {
  const ingrid = await person('ingrid.solheim');
  // the worker counts who holds what as soon as the server runs
  await expect(async () => {
    await ingrid.goto('/insights?days=90');
    await expect(card(ingrid, 'Standing and just-in-time access').getByRole('img')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(ingrid.getByRole('link', { name: 'Last 90 days' })).toHaveAttribute('aria-current', 'page');
  for (const heading of ['Activations per day', 'Wait for approval', 'Standing and just-in-time access', 'Eligible but not used', 'Busiest groups and roles']) {
    await expect(card(ingrid, heading).getByRole('img'), heading).toBeVisible();
  }
  await awake(ingrid, scripts);
  await expectAccessible(ingrid, scripts);
  await expectNoSidewaysScroll(ingrid);

  // the chart says its finding, and the folded table has the same numbers
  const activations = card(ingrid, 'Activations per day');
  const says = await activations.locator('desc').textContent();
  await activations.getByText('The numbers').click();
  await expect(activations.getByRole('row')).toHaveCount(1 + 90);
  const all = await total(ingrid, 'Activations per day');
  expect(all).toBeGreaterThan(10);
  expect(says?.replaceAll('\u00a0', ' ')).toContain(`: ${all} activations,`);
  await card(ingrid, 'Wait for approval').getByText('The numbers').click();
  await expectAccessible(ingrid, scripts);
  await expectNoSidewaysScroll(ingrid);

  await ingrid.getByRole('link', { name: 'Last 7 days' }).click();
  await activations.getByText('The numbers').click();
  await expect(activations.getByRole('row')).toHaveCount(1 + 7);
  expect(await total(ingrid, 'Activations per day')).toBeLessThan(all);

  const file = activations.getByRole('link', { name: 'Activations per day as CSV' });
  const answer = await ingrid.request.get((await file.getAttribute('href'))!);
  expect(answer.headers()['content-type']).toContain('text/csv');
  expect((await answer.text()).trim().split('\r\n')).toHaveLength(1 + 7);

  await ingrid.getByRole('link', { name: 'Last 90 days' }).click();
  const busiest = card(ingrid, 'Busiest groups and roles');
  await busiest.getByText('The numbers').click();
  await busiest.getByRole('row').filter({ hasText: 'Grafana' }).getByRole('link').click();
  await expect(ingrid).toHaveURL(/\/groups\/grafana-editors\/insights\?days=90/);
  await expect(card(ingrid, 'Who activates it most').locator('desc')).toContainText('Amara Okafor');
});

test('an owner finds who never uses what she was given, and the row where it is removed', async ({ person, scripts }) => {
  const ben = await person('ben.lindqvist');
  await ben.goto('/groups/prod-db-admins');
  await ben.getByRole('link', { name: 'Insights', exact: true }).last().click();
  await expect(ben).toHaveURL(/\/groups\/prod-db-admins\/insights$/);
  const unused = card(ben, 'Eligible but not used');
  await unused.getByRole('link', { name: '30 days' }).click();
  await expect(ben).toHaveURL(/unused=30#unused$/);
  await awake(ben, scripts);
  await expectAccessible(ben, scripts);
  await expectNoSidewaysScroll(ben);
  const row = unused.locator('tbody tr').first();
  const name = (await row.locator('bdi').first().innerText()).trim();
  await row.getByRole('link').first().click();
  await expect(ben).toHaveURL(/\/groups\/prod-db-admins\/assignments\?kind=eligible&name=/);
  await expect(ben.getByRole('row').filter({ hasText: name })).toHaveCount(1);
  // what is over everything is not hers
  expect((await ben.goto('/insights'))?.status()).toBe(404);
});

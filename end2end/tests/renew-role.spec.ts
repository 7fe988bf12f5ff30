import type { Page } from '@playwright/test';
import { choose, offer } from '../support/access';
import { give, inDays, takeAway } from '../support/assign';
import { expect, test } from '../support/fixtures';
import { looksRight } from '../support/looks';

test.describe.configure({ timeout: 180_000 });

const name = 'Security Reader';
const place = '/roles/security-reader';

const row = (page: Page) => offer(page, name, 'Directory role');

/** The day of a moment that a field takes, as lists write it. */
const day = (typed: string) => {
  const at = new Date(`${typed}Z`);
  const month = at.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  return `${at.getUTCDate()} ${month} ${at.getUTCFullYear()}`;
};

/** Yuki asks, and reads that she asked. */
async function askToExtend(yuki: Page, why: string): Promise<void> {
  await yuki.goto('/access');
  await row(yuki).getByRole('link', { name: 'Ask to extend' }).click();
  await yuki.getByLabel('Why').fill(why);
  await yuki.getByRole('button', { name: 'Ask to extend' }).click();
  await expect(yuki).toHaveURL(/\/access$/);
  await expect(row(yuki)).toContainText('Asked');
}

/** Niamh opens the request from what waits for her. */
async function open(niamh: Page, why: string): Promise<void> {
  await niamh.goto('/approvals');
  const asked = niamh.getByRole('row').filter({ hasText: 'Yuki Tanaka' }).filter({ hasText: name });
  await asked.getByRole('link', { name: 'Decide' }).click();
  await expect(niamh.getByRole('main')).toContainText(why);
}

test('an eligibility for a directory role: extension denied with a reason, asked again, approved with another end', async ({
  person,
  scripts,
}) => {
  const [niamh, yuki] = [await person('niamh.osullivan'), await person('yuki.tanaka')];
  const soon = inDays(6);
  await give(niamh, scripts, place, { to: 'Yuki Tanaka', kind: 'Eligible', end: soon, reason: 'Review of the storm week' });
  await yuki.goto('/access');
  await expect(row(yuki)).toContainText(day(soon));
  await row(yuki).getByRole('link', { name: 'Ask to extend' }).click();
  await expect(yuki.getByRole('heading', { level: 1 })).toHaveText('Ask to extend');
  await looksRight(yuki, scripts);
  await yuki.getByRole('button', { name: 'Ask to extend' }).click();
  await expect(yuki.getByRole('alert').first()).toContainText('Not asked');
  await askToExtend(yuki, 'The review takes until the end of the year');
  await looksRight(yuki, scripts);

  // who does not give roles does not find it
  const request = (await row(yuki).getByRole('link', { name: 'Asked' }).getAttribute('href'))!;
  const rafael = await person('rafael.duarte');
  expect((await rafael.goto(request.replace('/requests', `${place}/renewals`)))?.status()).toBe(404);

  await open(niamh, 'The review takes until the end of the year');
  await looksRight(niamh, scripts);
  await choose(niamh.getByRole('radio', { name: 'Deny' }));
  await niamh.getByRole('button', { name: 'Record answer' }).click();
  await expect(niamh.getByRole('alert').first()).toContainText('Nothing was recorded');
  await expect(niamh.getByRole('radio', { name: 'Deny' })).toBeChecked();
  await niamh.getByLabel('Comment').fill('Say which part is still open.');
  await niamh.getByRole('button', { name: 'Record answer' }).click();
  await expect(niamh.locator('.flash')).toContainText('Denied.');

  await yuki.goto(request);
  await expect(yuki.getByRole('main')).toContainText('Denied');
  await expect(yuki.getByRole('main')).toContainText('Say which part is still open.');
  await looksRight(yuki, scripts);
  await yuki.goto('/access');
  await expect(row(yuki), 'as it was').toContainText(day(soon));

  await askToExtend(yuki, 'The two outages of the coast are still open');
  await open(niamh, 'The two outages of the coast are still open');
  await choose(niamh.getByRole('radio', { name: 'Approve' }));
  const later = inDays(40);
  await niamh.getByLabel('Until', { exact: true }).fill(later);
  await niamh.getByRole('button', { name: 'Record answer' }).click();
  await expect(niamh.locator('.flash')).toContainText('Approved.');
  await looksRight(niamh, scripts);
  await yuki.goto('/access');
  await expect(row(yuki)).toContainText(day(later));
  await expect(row(yuki).getByRole('link', { name: 'Ask to extend' })).toHaveCount(0);

  // and without being asked
  await niamh.goto(`${place}/assignments?kind=eligible`);
  await niamh.getByRole('row').filter({ hasText: 'Yuki Tanaka' }).getByRole('link', { name: 'Change' }).click();
  const latest = inDays(80);
  await niamh.getByLabel('Until', { exact: true }).fill(latest);
  await looksRight(niamh, scripts);
  await niamh.getByRole('button', { name: 'Change' }).click();
  await expect(niamh.locator('.flash')).toContainText('Changed.');
  await yuki.reload();
  await expect(row(yuki)).toContainText(day(latest));

  await takeAway(niamh, place, 'eligible', 'Yuki Tanaka');
  await yuki.reload();
  await expect(row(yuki)).toHaveCount(0);
});

import type { Page } from '@playwright/test';
import { choose, offer } from '../support/access';
import { give, takeAway } from '../support/assign';
import { setClock } from '../support/clock';
import { expect, test } from '../support/fixtures';
import { looksRight } from '../support/looks';

// This moves the database's clock some minutes forward: nothing but the other journeys through time may come after it.
test.describe.configure({ timeout: 180_000 });

const name = 'Security Reader';
const place = '/roles/security-reader';
const MINUTE = 60_000;

const row = (page: Page) => offer(page, name, 'Directory role');

/** A moment as a field for date and time takes it, in Niamh's zone. */
const typed = (at: Date) => at.toLocaleString('sv-SE', { timeZone: 'Europe/Dublin' }).replace(' ', 'T').slice(0, 16);

test('an eligibility for a directory role is over: asked for again, and given with other dates', async ({ person, scripts }) => {
  const [niamh, yuki] = [await person('niamh.osullivan'), await person('yuki.tanaka')];
  await yuki.goto('/access');
  const now = new Date((await yuki.locator('.page-head time').first().getAttribute('datetime'))!);
  const end = new Date(Math.ceil(now.getTime() / MINUTE + 6) * MINUTE);
  await give(niamh, scripts, place, { to: 'Yuki Tanaka', kind: 'Eligible', end: typed(end), reason: 'A look at the audit' });
  await yuki.reload();
  await expect(row(yuki)).toContainText('less than a day left');

  await setClock(new Date(end.getTime() + 1_000));
  await yuki.reload();
  await expect(row(yuki), 'over').toHaveCount(0);
  await yuki.goto('/access?show=expired');
  await looksRight(yuki, scripts);
  await row(yuki).getByRole('link', { name: 'Ask to renew' }).click();
  await expect(yuki.getByRole('heading', { level: 1 })).toHaveText('Ask to renew');
  await looksRight(yuki, scripts);
  await yuki.getByLabel('Why').fill('The look takes another week');
  await yuki.getByRole('button', { name: 'Ask to renew' }).click();
  await expect(yuki).toHaveURL(/\/access$/);

  await niamh.goto(`${place}/assignments?kind=expired`);
  await looksRight(niamh, scripts);
  await niamh.getByRole('row').filter({ hasText: 'Yuki Tanaka' }).getByRole('link', { name: 'Decide' }).click();
  await expect(niamh.getByRole('main')).toContainText('The look takes another week');
  await choose(niamh.getByRole('radio', { name: 'Approve' }));
  const [start, later] = [2, 9].map((days) => new Date(end.getTime() + days * 24 * 60 * MINUTE));
  await niamh.getByLabel('From').fill(typed(start));
  await niamh.getByLabel('Until', { exact: true }).fill(typed(later));
  await looksRight(niamh, scripts);
  await niamh.getByRole('button', { name: 'Record answer' }).click();
  await expect(niamh.locator('.flash')).toContainText('Approved.');
  const given = niamh.getByRole('row').filter({ hasText: 'Yuki Tanaka' });
  await expect(given).toContainText('From');
  await looksRight(niamh, scripts);

  await yuki.goto('/access?show=expired');
  await expect(row(yuki).getByRole('link', { name: 'Ask to renew' }), 'not again').toHaveCount(0);
  await yuki.goto('/access');
  await expect(row(yuki)).toContainText(`Your eligibility for ${name} starts on`);
  await looksRight(yuki, scripts);
  await yuki.goto('/requests');
  await yuki.getByRole('main').locator('a[href*="/requests/R-"]').first().click();
  await expect(yuki.getByRole('main')).toContainText('Niamh O’Sullivan approved');
  await looksRight(yuki, scripts);
  await takeAway(niamh, place, 'eligible', 'Yuki Tanaka');
});

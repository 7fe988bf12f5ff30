import type { Page } from '@playwright/test';
import { ask, choose, onNow, waiting } from '../support/access';
import { card } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { before, setClock } from '../support/clock';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

// These move the database's clock forward, so nothing may come after them.
test.describe.configure({ timeout: 180_000 });

const MINUTE = 60;

const moment = async (page: Page, selector: string) =>
  new Date((await page.locator(selector).first().getAttribute('datetime'))!);

/** Puts the clock forward in steps in which nobody is signed out for doing nothing. */
async function wait(page: Page, until: Date): Promise<void> {
  const now = await moment(page, '.page-head time');
  for (let at = now.getTime() + 20 * MINUTE * 1_000; at < until.getTime(); at += 20 * MINUTE * 1_000) {
    await setClock(new Date(at));
    await page.goto('/access');
  }
  await setClock(until);
}

test('an access ends while its page is open: called to mind before, said at the end, gone afterwards', async ({ person, scripts }) => {
  const group = 'Grafana editors';
  const amara = await person('amara.okafor');
  await ask(amara, { user: 'amara.okafor', group, length: '30 min', reason: 'Alert tuning for the storm week' });
  await expect(amara.getByRole('link', { name: `Finish now ${group}` })).toHaveCount(0);
  const end = new Date((await onNow(amara, group).locator('.left-time time').getAttribute('datetime'))!);

  await wait(amara, before(end, 5 * MINUTE));
  await amara.goto('/requests');
  const call = amara.locator('.flash').filter({ hasText: group });
  await expect(call).toContainText('ends at');
  await expect(call.getByRole('link', { name: `Extend ${group}` })).toBeVisible();
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);
  await call.getByRole('link', { name: `Finish now ${group}` }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toContainText(`Deactivate ${group}`);
  await expect(amara.locator('.flash').filter({ hasText: group })).toHaveCount(0);

  await setClock(before(end, 8));
  await amara.goto('/access');
  await awake(amara, scripts);
  const left = onNow(amara, group).locator('.left-time');
  await expect(left).toContainText(/\d\ss left/);
  if (!scripts) {
    await amara.waitForTimeout(9_000);
    await expect(left, 'nothing moves by itself').toContainText(/left/);
    await amara.getByRole('link', { name: 'Refresh' }).click();
  }
  // with scripts the page looks again by itself
  await expect(onNow(amara, group)).toHaveCount(0, { timeout: 14_000 });
  await expect(amara.locator('.flash').filter({ hasText: group })).toHaveCount(0);
});

test('a request lapses in two open pages: who asked reads it, who decides is told and decides nothing', async ({ person, scripts }) => {
  const group = 'Kubernetes production, break-fix';
  const early = await person('amara.okafor');
  await ask(early, {
    user: 'amara.okafor',
    group,
    reason: 'INC-48300 settlement pods crash again',
    ticket: 'INC-48300',
    code: true,
  });
  const lapses = new Date((await waiting(early, group).locator('time').last().getAttribute('datetime'))!);
  await setClock(before(lapses, 2 * MINUTE));

  // a day later both have signed in again
  const amara = await person('amara.okafor');
  await amara.goto('/access');
  await waiting(amara, group).getByRole('link', { name: 'Details' }).click();
  await expect(amara.getByRole('main')).toContainText('Waiting for approval');
  const soren = await person('soren.dahl');
  await soren.goto('/approvals');
  await choose(card(soren, 'Amara Okafor', group).getByRole('radio', { name: 'Approve' }));
  await awake(soren, scripts);

  await setClock(new Date(lapses.getTime() + 1_000));
  await soren.locator('input[name="code"]').fill(await freshCode(soren, 'soren.dahl'));
  await soren.getByRole('button', { name: /^Record decision/ }).click();
  await expect(soren.getByRole('main')).toContainText(/lapsed at/i);
  await amara.reload();
  await expect(amara.getByRole('main')).toContainText('Lapsed');
  await amara.goto('/access');
  await expect(waiting(amara, group)).toHaveCount(0);
  await expect(onNow(amara, group)).toHaveCount(0);
});

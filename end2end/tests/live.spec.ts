import type { Page } from '@playwright/test';
import { ask, choose, giveBack, onNow, waiting } from '../support/access';
import { card } from '../support/approvals';
import { give, inDays, takeAway } from '../support/assign';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, signInAs, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

const group = 'Kubernetes production, break-fix';
const request = { user: 'amara.okafor', group, reason: 'INC-48400 settlement pods crash again', ticket: 'INC-48400', code: true };

/** Marks the document: a page that was loaded again has no mark. */
const mark = (page: Page) => page.evaluate(() => document.documentElement.setAttribute('data-same', ''));
const expectSame = (page: Page) => expect(page.locator('html'), 'loaded again').toHaveAttribute('data-same', '');

/** The note that offers what is so now. */
const offered = (page: Page) => page.getByText('This page changed.');

async function cancel(amara: Page): Promise<void> {
  await amara.goto('/access');
  await waiting(amara, group).getByRole('link', { name: 'Cancel request' }).click();
  await amara.getByRole('button', { name: /Cancel/ }).click();
  await expect(amara).toHaveURL(/\/(access|requests)/);
}

test('who decides sees what is asked, and who asked sees what was decided, without loading anything', async ({ person, scripts }) => {
  const soren = await person('soren.dahl');
  await soren.goto('/approvals');
  await awake(soren, scripts);
  if (scripts) await mark(soren);
  const amara = await person('amara.okafor');
  await ask(amara, request);
  if (!scripts) {
    await soren.waitForTimeout(1_500);
    await expect(card(soren, 'Amara Okafor', group), 'nothing moves by itself').toHaveCount(0);
    await expect(offered(soren)).toBeHidden();
    await soren.reload();
  }
  const asked = card(soren, 'Amara Okafor', group);
  await expect(asked).toBeVisible();
  if (scripts) {
    await expectSame(soren);
    await expect(soren.getByRole('status').filter({ hasText: 'brought up to date' })).toHaveCount(1);
    await expect(soren).toHaveTitle(/Approvals \(\d+\)/);
  }
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);

  await awake(amara, scripts);
  if (scripts) await mark(amara);
  await choose(asked.getByRole('radio', { name: 'Approve' }));
  await soren.locator('input[name="code"]').fill(await freshCode(soren, 'soren.dahl'));
  await soren.getByRole('button', { name: /^Record decision/ }).click();
  await expect(soren.getByRole('main')).toContainText('Approved.');
  if (!scripts) await amara.reload();
  await expect(onNow(amara, group)).toBeVisible();
  await expect(waiting(amara, group)).toHaveCount(0);
  if (scripts) {
    await expectSame(amara);
    await expect(amara.locator('.flash').filter({ hasText: group }), 'what was said stays').toHaveCount(1);
    await expect(amara.locator('.live-chip')).toContainText('active');
    const left = onNow(amara, group).locator('.left-time b');
    const before = await left.textContent();
    await expect(left, 'the countdown that was put in goes on').not.toHaveText(before!, { timeout: 70_000 });
  }
  await expectAccessible(amara, scripts);
  await giveBack(amara, group);
});

test('what somebody typed, ticked or stands in is never taken away: the page offers what is so now', async ({ person, scripts }) => {
  test.skip(!scripts, 'nothing moves by itself');
  const amara = await person('amara.okafor');
  await ask(amara, request);
  const soren = await person('soren.dahl');
  await soren.goto('/approvals');
  await awake(soren, scripts);
  const asked = card(soren, 'Amara Okafor', group);
  await asked.getByRole('textbox').fill('Which pods, and since when?');
  await soren.getByRole('heading', { level: 1 }).click();
  await cancel(amara);
  await expect(offered(soren)).toBeVisible();
  await expect(asked.getByRole('textbox')).toHaveValue('Which pods, and since when?');
  await expect(soren.getByText('brought up to date'), 'it says one thing').toHaveCount(0);
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);
  // nothing is typed any more, and nobody stands in it: it comes by itself
  await asked.getByRole('textbox').fill('');
  await asked.getByRole('textbox').blur();
  await expect(asked).toHaveCount(0);
  await expect(offered(soren)).toBeHidden();

  // a tick counts as well, and the link is a way on
  await ask(amara, request);
  await expect(asked).toBeVisible();
  await choose(asked.getByRole('radio', { name: 'Deny' }));
  await cancel(amara);
  await expect(offered(soren)).toBeVisible();
  await soren.getByRole('link', { name: 'Show what is so now' }).click();
  await expect(soren).toHaveURL(/\/approvals$/);
  await expect(asked).toHaveCount(0);
});

test('a page that hears nothing says so, goes on trying, and catches up; one that is signed out says that', async ({ browser, baseURL, scripts, viewport }) => {
  test.skip(!scripts, 'nothing moves by itself');
  // broken connections are errors in the console, so this context is not watched
  const context = await browser.newContext({ baseURL, viewport });
  const page = await context.newPage();
  await signInAs(page, 'amara.okafor');
  await context.route('**/events?*', (route) => route.abort());
  await page.goto('/access');
  await awake(page, scripts);
  const lost = page.getByText(/Not live: last looked at .*\d\d:\d\d/);
  await expect(lost).toBeHidden();
  await expect(lost).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page, scripts);
  await expectNoSidewaysScroll(page);
  await context.unroute('**/events?*');
  await expect(lost).toBeHidden({ timeout: 40_000 });

  const other = await context.newPage();
  await other.goto('/sign-out');
  await other.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible({ timeout: 30_000 });
  await context.close();
});

test('who loses what let her see a page loses the page too, also where it is open', async ({ person, scripts }) => {
  const [aino, yuki] = [await person('aino.virtanen'), await person('yuki.tanaka')];
  const place = '/groups/grafana-editors';
  await give(aino, scripts, place, { to: 'Yuki Tanaka', kind: 'Active', reason: 'Covers for the owner', end: inDays(2), role: 'owner' });
  await yuki.goto(`${place}/assignments`);
  await awake(yuki, scripts);
  await expect(yuki.getByRole('table').first()).toContainText('Amara Okafor');
  await takeAway(aino, place, 'active', 'Yuki Tanaka');
  if (!scripts) await yuki.reload();
  await expect(yuki.getByRole('heading', { level: 1 })).toContainText('Not here');
  await expect(yuki.getByText('Amara Okafor')).toHaveCount(0);
});

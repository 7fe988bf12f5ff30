import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { choose } from '../support/access';
import { pick } from '../support/assign';
import { awake, expect, test } from '../support/fixtures';
import type { Page } from '@playwright/test';

test.describe.configure({ mode: 'serial', timeout: 120_000 });

const name = `Who may steer the grid ${Date.now()}`;

async function looked(page: Page, scripts: boolean): Promise<void> {
  await awake(page, scripts);
  await expectAccessible(page, scripts);
  await expectNoSidewaysScroll(page);
}

/** Plans a review of a group by its owners, as the form offers it. */
async function plan(page: Page, scripts: boolean, group: string, called: string, fallback: string): Promise<void> {
  await page.goto(`/groups/${group}/reviews`);
  await page.getByRole('link', { name: 'Plan a review' }).click();
  await page.getByLabel('Name', { exact: true }).fill(called);
  await looked(page, scripts);
  await pick(page, scripts, 'Fallback reviewers', fallback);
  await page.getByRole('button', { name: 'Plan the review' }).click();
  await expect(page.locator('.flash')).toContainText('Planned.');
}

test('an administrator plans a review, the owner decides, and what she denies goes', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await plan(aino, scripts, 'grid-control', name, 'Ben Lindqvist');
  const board = aino.url();
  await looked(aino, scripts);

  const owner = await person('yuki.tanaka');
  expect((await owner.goto(board))?.status(), 'not hers to see').toBe(404);
  const soren = await person('soren.dahl');
  await soren.goto('/reviews');
  await looked(soren, scripts);
  await soren.getByRole('link', { name }).click();
  await looked(soren, scripts);
  const row = soren.getByRole('row').filter({ has: soren.getByRole('radio', { name: 'Deny' }) }).first();
  await choose(row.getByRole('radio', { name: 'Deny' }));
  await soren.getByRole('button', { name: 'Save decisions' }).click();
  await expect(soren.getByRole('alert')).toContainText('Say why it should go.');
  await expect(row.getByRole('radio', { name: 'Deny' })).toBeChecked();
  await row.getByRole('textbox').fill('Moved to another team');
  await soren.getByRole('button', { name: 'Save decisions' }).click();
  await expect(soren.locator('.flash')).toContainText('Saved.');

  await aino.goto(board);
  await aino.getByRole('button', { name: 'End the round now' }).click();
  await aino.getByRole('button', { name: 'Apply the decisions' }).click();
  await expect(aino.locator('.flash')).toContainText('Applied.');
  await looked(aino, scripts);
});

test('the owner looks at what is recommended before she approves all of it', async ({ person, scripts }) => {
  const niamh = await person('niamh.osullivan');
  const called = `Who may change production ${Date.now()}`;
  await plan(niamh, scripts, 'prod-db-admins', called, 'Søren Dahl');
  const cleo = await person('cleo.marchetti');
  await cleo.goto('/reviews');
  await cleo.getByRole('link', { name: called }).click();
  await looked(cleo, scripts);
  const all = cleo.getByRole('link', { name: /Approve all \d+ recommended/ });
  await all.click();
  await looked(cleo, scripts);
  await cleo.getByRole('button', { name: /^Approve/ }).click();
  await expect(cleo.locator('.flash')).toContainText('Saved.');
});

import { expect, type Page } from '@playwright/test';
import { choose } from './access';
import { awake } from './fixtures';

/** Picks a person or group by name in a field of people; without scripts by its button. */
export async function pick(page: Page, scripts: boolean, label: string, name: string): Promise<void> {
  await awake(page, scripts);
  const box = page.getByRole('checkbox', { name }).or(page.getByRole('radio', { name }));
  await page.getByLabel(label, { exact: true }).fill(name);
  if (scripts) {
    await page.getByRole('option').filter({ hasText: name }).click();
  } else {
    await page.locator('.picker').filter({ has: page.getByLabel(label, { exact: true }) }).getByRole('button', { name: 'Find' }).click();
    await box.check();
  }
  await expect(box).toBeChecked();
}

export type Gift = { to: string; kind: 'Eligible' | 'Active'; reason?: string; end?: string; role?: 'owner' };

/** Fills in the open form that assigns. */
export async function fillGift(page: Page, scripts: boolean, { to, kind, reason, end }: Gift): Promise<void> {
  await pick(page, scripts, 'People or groups', to);
  await choose(page.getByRole('radio', { name: new RegExp(`^${kind}`) }));
  if (end) await page.getByLabel('Until', { exact: true }).fill(end);
  if (reason) await page.getByLabel('Justification').fill(reason);
}

/** Assigns something of a group or directory role, `place` being its address, and lands on the list. */
export async function give(page: Page, scripts: boolean, place: string, gift: Gift): Promise<void> {
  await page.goto(`${place}/assign${gift.role ? `?role=${gift.role}` : ''}`);
  await fillGift(page, scripts, gift);
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(page.locator('.flash')).toContainText('Assigned.');
}

/** Takes an assignment away, so that the next test starts as this one did. */
export async function takeAway(page: Page, place: string, kind: 'eligible' | 'active', name: string): Promise<void> {
  await page.goto(`${place}/assignments?kind=${kind}&name=${encodeURIComponent(name)}`);
  const row = page.getByRole('row').filter({ hasText: name });
  await row.locator('summary').click();
  await row.getByRole('link', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove 1 assignment' }).click();
  await expect(page.locator('.flash')).toContainText('Removed.');
}

/** So many days from now, as a field for date and time takes it. */
export const inDays = (days: number): string => `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)}T12:00`;

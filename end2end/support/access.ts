import { expect, type Locator, type Page } from '@playwright/test';
import { freshCode } from './code';

/** The row of My access that offers a group. */
export const offer = (page: Page, group: string, role = 'Member') =>
  page.getByRole('row').filter({ hasText: group }).filter({ hasText: role });

/** The card of what is on now. */
export const onNow = (page: Page, group: string) => page.locator('ul.live > li').filter({ hasText: group });

/** The line of what waits or is planned. */
export const waiting = (page: Page, group: string) => page.locator('ul.wait-list > li').filter({ hasText: group });

export type Ask = { user: string; group: string; role?: string; length?: string; reason?: string; ticket?: string; code?: boolean };

/** Chooses by the keyboard: the radio itself is drawn by its label. */
export async function choose(radio: Locator): Promise<void> {
  await radio.press('Space');
  await expect(radio).toBeChecked();
}

/** Opens the form from My access and fills it in. */
export async function fill(page: Page, { user, group, role, length = '1 h', reason, ticket, code }: Ask): Promise<void> {
  await page.goto('/access');
  await offer(page, group, role).getByRole('link', { name: 'Activate' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(group);
  await choose(page.getByRole('radio', { name: new RegExp(`^${length.replace(' ', '\\s')}`) }));
  if (reason) await page.getByLabel('Justification').fill(reason);
  if (ticket) await page.getByLabel('Ticket number').fill(ticket);
  if (code) await page.locator('input[name="code"]').fill(await freshCode(page, user));
}

/** Asks for access and lands on My access again. */
export async function ask(page: Page, what: Ask): Promise<void> {
  await fill(page, what);
  await page.getByRole('button', { name: 'Activate' }).click();
  await expect(page).toHaveURL(/\/access$/);
}

/** Gives back what is on, so that the next test starts as this one did. */
export async function giveBack(page: Page, group: string): Promise<void> {
  await page.goto('/access');
  // a row that came through the group names it as well
  await onNow(page, group).getByRole('link', { name: `Deactivate ${group}` }).click();
  await page.getByRole('button', { name: /Deactivate/ }).click();
  await expect(onNow(page, group)).toHaveCount(0);
}

import { expect, type Page } from '@playwright/test';
import { choose } from './access';
import { freshCode } from './code';

/** The card of a person's request for a group that waits for this reader. */
export const card = (page: Page, person: string, group: string) =>
  page
    .locator('article.request')
    .filter({ hasText: person })
    .filter({ hasText: group })
    .filter({ has: page.getByRole('radio') });

/** Decides on one request and records it. */
export async function decide(
  page: Page,
  user: string,
  what: { person: string; group: string; verdict: 'Approve' | 'Deny'; comment?: string },
): Promise<void> {
  await page.goto('/approvals');
  const request = card(page, what.person, what.group);
  await choose(request.getByRole('radio', { name: what.verdict }));
  if (what.comment) await request.getByRole('textbox').fill(what.comment);
  if (what.verdict === 'Approve') await page.locator('input[name="code"]').fill(await freshCode(page, user));
  await page.getByRole('button', { name: /^Record decision/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Approvals');
}

import { mkdirSync } from 'node:fs';
import { expect, test } from '../support/fixtures';

const FOLDER = '../docs/screenshots';
mkdirSync(FOLDER, { recursive: true });

/** The six pages of the README: whose, where, what must be on it. */
const pages = [
  ['my-access', 'amara.okafor', '/access', 'You can switch on'],
  ['activate', 'amara.okafor', '/access/activate?pick=k8s-prod-breakfix.member', 'How long'],
  ['approvals', 'ben.lindqvist', '/approvals', 'Justification, in their words'],
  ['group-assignments', 'ben.lindqvist', '/groups/prod-db-admins/assignments', 'Eligible until'],
  ['policy', 'ben.lindqvist', '/groups/prod-db-admins/settings?role=member', 'Before you save'],
  ['audit', 'aino.virtanen', '/audit', 'Audit'],
] as const;

for (const [name, user, address, text] of pages) {
  test(name, async ({ person }) => {
    const page = await person(user);
    await page.goto(address);
    await expect(page.getByRole('main')).toContainText(text);
    await expect(page.locator('html')).toHaveAttribute('data-islands', 'awake');
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
  });
}

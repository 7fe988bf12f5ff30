import type { Page } from '@playwright/test';
import { ask, giveBack } from '../support/access';
import { freshCode } from '../support/code';
import { expect, test } from '../support/fixtures';
import { looksRight } from '../support/looks';

test.describe.configure({ timeout: 180_000 });

const group = 'Grafana editors';
const address = 'grafana-watch@larkfield.example';
const owner = 'Łukasz Wiśniewski';

/** One cell of the matrix. */
const cell = (page: Page, reader: string, moment: string) => page.getByRole('group', { name: new RegExp(`^To ${reader}.*: ${moment}$`) });

/** The newest mails that tell somebody that the group is on. */
async function mails(aino: Page, to: string): Promise<string[]> {
  // the row is headed by the subject, which may name her as well
  const readers = aino.locator('td').filter({ hasText: to });
  const rows = aino.getByRole('row').filter({ hasText: new RegExp(`On( for Amara Okafor)?: ${group}`) }).filter({ has: readers });
  return rows.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
}

/** Who is told when Amara switches the group on: for each reader the mail that comes, if one does. */
async function told(aino: Page, amara: Page, readers: string[], first: string): Promise<(string | undefined)[]> {
  await aino.goto('/admin/mail');
  const before = new Set((await Promise.all(readers.map((to) => mails(aino, to)))).flat());
  await ask(amara, { user: 'amara.okafor', group, reason: 'Alert tuning for the storm week' });
  await giveBack(amara, group);
  const fresh = async (to: string) => (await mails(aino, to)).filter((mail) => !before.has(mail));
  // all mails of one event are written at once: when the first is there, so are the others
  await expect(async () => {
    await aino.goto('/admin/mail');
    expect(await fresh(first), `one more mail to ${first}`).toHaveLength(1);
  }).toPass({ timeout: 20_000 });
  return (await Promise.all(readers.map(fresh))).map((found) => found[0]);
}

test('the matrix says who hears of an activation, and mail obeys it', async ({ person, scripts }) => {
  const [aino, amara] = [await person('aino.virtanen'), await person('amara.okafor')];
  const readers = ['Amara Okafor', owner, address];
  const usual = await told(aino, amara, readers, owner);
  expect(usual, 'herself and the owner, nobody else').toEqual([expect.any(String), expect.any(String), undefined]);

  await aino.goto('/groups/grafana-editors/settings?role=member');
  const of = (reader: string) => cell(aino, reader, 'Somebody activates');
  const [herself, admins] = [of('the person concerned'), of('owners and administrators')];
  await herself.getByRole('checkbox', { name: 'Only what needs an answer' }).check();
  await admins.getByRole('checkbox', { name: 'Tell them' }).uncheck();
  await admins.getByRole('textbox').fill('grafana-watch.larkfield');
  await aino.getByRole('button', { name: 'Review changes' }).click();
  const panel = aino.getByRole('complementary', { name: 'Before you save' });
  await expect(panel).toContainText('Cannot be saved like this.');
  await looksRight(aino, scripts);
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: /^Save/ }).click();
  await expect(aino.getByRole('alert').first()).toContainText('Nothing was saved');
  await expect(admins).toContainText('is no mail address.');
  await expect(admins.getByRole('textbox')).toHaveValue('grafana-watch.larkfield');
  await expect(admins.getByRole('checkbox', { name: 'Tell them' })).not.toBeChecked();
  await expect(herself.getByRole('checkbox', { name: 'Only what needs an answer' })).toBeChecked();
  await looksRight(aino, scripts);

  await admins.getByRole('textbox').fill(address);
  await aino.getByRole('button', { name: 'Review changes' }).click();
  await expect(panel.locator('.diff')).toContainText(`not told, but ${address}`);
  await expect(panel.locator('.diff')).toContainText('only what needs an answer');
  await expect(panel).toContainText('Somebody activates: mail to the person concerned, 1 address (owners and administrators).');
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: /^Save/ }).click();
  await expect(aino.locator('.flash.ok')).toContainText('Saved.');
  await expect(admins.getByRole('checkbox', { name: 'Tell them' })).not.toBeChecked();
  await expect(admins.getByRole('textbox')).toHaveValue(address);
  await aino.getByRole('row').nth(1).getByRole('link', { name: /^Version/ }).click();
  await expect(aino.getByRole('main')).toContainText(`not told, but ${address}`);
  await looksRight(aino, scripts);

  const now = await told(aino, amara, readers, address);
  expect(now, 'nothing for her to answer, the owner is not told').toEqual([undefined, undefined, expect.any(String)]);
  await looksRight(aino, scripts);
  await aino.goto(now[2]!);
  await expect(aino.getByRole('main')).toContainText(address);
  await expect(aino.getByRole('main')).toContainText(`Amara Okafor has ${group}`);
  await looksRight(aino, scripts);
});

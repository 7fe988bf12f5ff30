import { choose, giveBack, onNow, waiting } from '../support/access';
import { card, decide } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

const group = 'Production database admins';
const reason = 'Amara is on the phone: the primary does not answer';

test('asked on behalf: Ben asks for Amara, Cleo approves, Amara has it; Ben decides on nothing', async ({ person, scripts }) => {
  const ben = await person('ben.lindqvist');
  await ben.goto('/groups/prod-db-admins/assignments?kind=eligible&name=amara');
  const row = ben.getByRole('row').filter({ hasText: 'Amara Okafor' });
  await row.locator('summary').click();
  await row.getByRole('link', { name: 'Ask on behalf' }).click();
  await expect(ben.getByRole('heading', { level: 1 })).toHaveText('Ask on behalf');
  await expect(ben.getByRole('main')).toContainText('Amara Okafor');
  await expect(ben.getByRole('complementary', { name: 'What will happen' })).not.toContainText('ben.lindqvist');
  await awake(ben, scripts);
  await expectAccessible(ben, scripts);
  await expectNoSidewaysScroll(ben);

  await choose(ben.getByRole('radio', { name: /^1\sh/ }));
  await ben.getByLabel('Justification').fill(reason);
  await ben.getByLabel('Ticket number').fill('48217');
  await ben.locator('input[name="code"]').fill(await freshCode(ben, 'ben.lindqvist'));
  await ben.getByRole('button', { name: 'Ask for them' }).click();
  await expect(ben.getByRole('alert').first()).toContainText('Nothing was asked');
  await expect(ben.getByLabel('Justification')).toHaveValue(reason);
  await expect(ben.getByLabel('Ticket number')).toHaveValue('48217');
  await expectAccessible(ben, scripts);

  await ben.getByLabel('Ticket number').fill('INC-48217');
  await ben.locator('input[name="code"]').fill(await freshCode(ben, 'ben.lindqvist'));
  await ben.getByRole('button', { name: 'Ask for them' }).click();
  await expect(ben.locator('.flash')).toContainText('Asked on behalf.');
  await expect(ben.getByRole('main')).toContainText('for Amara Okafor');
  await expectAccessible(ben, scripts);
  await expectNoSidewaysScroll(ben);
  const request = ben.url();
  await ben.goto('/approvals');
  await expect(card(ben, 'Amara Okafor', group).filter({ hasText: reason }), 'nothing for Ben to decide').toHaveCount(0);

  const amara = await person('amara.okafor');
  await amara.goto('/access');
  await expect(waiting(amara, group)).toContainText('Asked by Ben Lindqvist for you');
  await amara.goto(request);
  await expect(amara.getByRole('main').getByRole('link', { name: 'Cancel request' })).toBeVisible();

  const cleo = await person('cleo.marchetti');
  await cleo.goto('/approvals');
  await expect(card(cleo, 'Amara Okafor', group)).toContainText('asked by Ben Lindqvist');
  await awake(cleo, scripts);
  await expectAccessible(cleo, scripts);
  await decide(cleo, 'cleo.marchetti', { person: 'Amara Okafor', group, verdict: 'Approve' });
  await amara.goto('/access');
  await expect(onNow(amara, group)).toContainText('left');
  await giveBack(amara, group);
});

test('where nobody approves there is another way', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/groups/grafana-editors/assignments?kind=eligible&name=amara');
  const row = aino.getByRole('row').filter({ hasText: 'Amara Okafor' });
  await row.locator('summary').click();
  await row.getByRole('link', { name: 'Ask on behalf' }).click();
  await expect(aino.getByRole('main')).toContainText('asks for no approval');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByRole('link', { name: 'Give standing access' }).click();
  await expect(aino.getByRole('heading', { level: 1 })).toHaveText('Assign people or groups');
  await expect(aino.getByRole('main')).toContainText('Amara Okafor');
});

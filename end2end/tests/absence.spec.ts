import { ask, giveBack, onNow } from '../support/access';
import { card, decide } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

test('who is away names somebody who decides in the same place, and is back with one press', async ({ person, scripts }) => {
  const soren = await person('soren.dahl');
  const ben = await person('ben.lindqvist');
  const amara = await person('amara.okafor');
  const group = 'Kubernetes production, break-fix';

  await soren.goto('/approvals');
  await soren.getByRole('link', { name: 'Say until when, and who decides meanwhile' }).click();
  await expect(soren.getByRole('heading', { level: 1 })).toContainText('Absence');
  const until = new Date(Date.now() + 3 * 24 * 60 * 60 * 1000).toISOString().slice(0, 16);
  await soren.getByLabel('Back on').fill(until);
  await soren.getByLabel('Who decides meanwhile').fill('nobody.here');
  const code = await freshCode(soren, 'soren.dahl');
  await soren.locator('input[name="code"]').fill(code);
  await soren.getByRole('button', { name: 'Save' }).click();
  await expect(soren.getByRole('main')).toContainText('Nobody who can sign in has this user name.');
  await expect(soren.getByLabel('Back on')).toHaveValue(until);
  await soren.getByLabel('Who decides meanwhile').fill('ben.lindqvist');
  // what was refused for the name used no code up
  await soren.locator('input[name="code"]').fill(code);
  await soren.getByRole('button', { name: 'Save' }).click();
  await expect(soren.getByRole('heading', { name: /You are away until/ })).toBeVisible();
  await expect(soren.getByRole('main')).toContainText('decides in your place');
  await awake(soren, scripts);
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);

  await amara.goto('/access/activate?pick=k8s-prod-breakfix.member');
  await expect(amara.getByRole('complementary', { name: 'What will happen' })).toContainText(/Søren Dahl is away until .*decides instead/);
  await ask(amara, { user: 'amara.okafor', group, reason: 'INC-48217 the absence journey', ticket: 'INC-48217', code: true });

  await ben.goto('/approvals');
  await expect(card(ben, 'Amara Okafor', group)).toContainText('You decide in place of Søren Dahl (soren.dahl), who is away.');
  await awake(ben, scripts);
  await expectAccessible(ben, scripts);
  await expectNoSidewaysScroll(ben);
  await ben.goto('/account/absence');
  await expect(ben.getByRole('region', { name: 'You stand in for' })).toContainText('Søren Dahl');
  await decide(ben, 'ben.lindqvist', { person: 'Amara Okafor', group, verdict: 'Approve' });

  await amara.goto('/access');
  await expect(onNow(amara, group)).toContainText('left');
  await amara.goto('/requests');
  await amara.getByRole('main').locator('a[href*="/requests/R-"]').first().click();
  await expect(amara.getByRole('main')).toContainText('in place of Søren Dahl');
  await expectNoSidewaysScroll(amara);
  await giveBack(amara, group);

  // whoever looks after people sees it on both pages
  const aino = await person('aino.virtanen');
  await aino.goto('/people/soren.dahl');
  await expect(aino.getByRole('main')).toContainText(/Away until .*Ben Lindqvist.* decides in their place/);
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.goto('/people/ben.lindqvist');
  await expect(aino.getByRole('main')).toContainText(/Decides in place of Søren Dahl.* until /);

  await soren.goto('/account/absence');
  await soren.getByRole('button', { name: 'I am back' }).click();
  await expect(soren.locator('.flash')).toContainText('Welcome back.');
  await ben.goto('/account/absence');
  await expect(ben.getByRole('region', { name: 'You stand in for' })).toHaveCount(0);
});

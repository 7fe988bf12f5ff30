import { ask, giveBack, onNow, waiting } from '../support/access';
import { decide } from '../support/approvals';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

test('a mail asks the approver, its link opens the request, its answer reaches who asked', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  const soren = await person('soren.dahl');
  const group = 'Kubernetes production, break-fix';
  await ask(amara, { user: 'amara.okafor', group, reason: 'INC-48217 the mail journey of settlement', ticket: 'INC-48217', code: true });
  await expect(waiting(amara, group)).toContainText('Waiting for approval');

  const newest = soren.getByRole('row').filter({ hasText: 'Amara Okafor asks for Kubernetes' }).first();
  await expect(async () => {
    await soren.goto('/account/mail');
    await expect(newest).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await awake(soren, scripts);
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);
  // other journeys asked for the same before, so the newest may still be theirs
  await expect(async () => {
    await soren.goto('/account/mail');
    await newest.getByRole('link').click();
    await expect(soren.getByRole('main')).toContainText('> INC-48217 the mail journey of settlement', { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expectAccessible(soren, scripts);
  await expectNoSidewaysScroll(soren);
  await soren.getByRole('link', { name: 'Open what it is about' }).click();
  await expect(soren).toHaveURL(/\/approvals\/R-\d+$/);
  await expect(soren.getByRole('main')).toContainText('INC-48217 the mail journey of settlement');
  await decide(soren, 'soren.dahl', { person: 'Amara Okafor', group, verdict: 'Approve' });

  await expect(async () => {
    await amara.goto('/account/mail');
    await expect(amara.getByRole('row').filter({ hasText: `Approved: ${group}` }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await amara.goto('/access');
  await expect(onNow(amara, group)).toContainText('left');
  await giveBack(amara, group);
});

test('mail is stopped with a reason, and goes out again', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  await aino.goto('/admin/mail');
  await aino.getByRole('button', { name: 'Stop all mail' }).click();
  await expect(aino.getByRole('main')).toContainText('Say why mail is stopped');
  await aino.getByLabel('Why mail is stopped').fill('The list server loops');
  await aino.getByRole('button', { name: 'Stop all mail' }).click();
  await expect(aino.getByRole('main')).toContainText('The list server loops');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByRole('button', { name: 'Let mail go out again' }).click();
  await aino.getByRole('button', { name: 'Send me a test' }).click();
  await expect(aino.getByRole('main')).toContainText('Mail from Pimento works');
});

import { choose } from '../support/access';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

test('extended: Amara asks before the end, an administrator approves, it ends later', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  const group = 'CRM administrators';
  const row = () => amara.getByRole('row').filter({ hasText: group }).filter({ hasText: 'Member' });
  await amara.goto('/access');
  await row().getByRole('link', { name: 'Ask to extend' }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toHaveText('Ask to extend');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);
  await amara.getByRole('button', { name: 'Ask to extend' }).click();
  await expect(amara.getByRole('alert').first()).toContainText('Not asked');
  await amara.getByLabel('Why').fill('The migration of the contracts takes until summer');
  await amara.getByRole('button', { name: 'Ask to extend' }).click();
  await expect(amara).toHaveURL(/\/access$/);
  await expect(row()).toContainText('waiting for an answer');

  const aino = await person('aino.virtanen');
  await aino.goto('/approvals');
  const asked = aino.getByRole('row').filter({ hasText: 'Amara Okafor' }).filter({ hasText: group });
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await asked.getByRole('link', { name: 'Decide' }).click();
  await expect(aino.getByRole('main')).toContainText('The migration of the contracts takes until summer');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await choose(aino.getByRole('radio', { name: 'Approve' }));
  await aino.getByRole('button', { name: 'Record answer' }).click();
  await expect(aino.locator('.flash')).toContainText('Approved.');

  await amara.goto('/access');
  await expect(row()).not.toContainText('waiting for an answer');
  await expect(row()).not.toContainText('days left');
});

test('renewed: denied with words that she reads, and asked again', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  const group = 'Kubernetes production, break-fix';
  const row = () => amara.getByRole('row').filter({ hasText: group });
  const ask = async (why: string) => {
    await amara.goto('/access?show=expired');
    await row().getByRole('link', { name: 'Ask to renew' }).click();
    await amara.getByLabel('Why').fill(why);
    await amara.getByRole('button', { name: 'Ask to renew' }).click();
    await expect(amara).toHaveURL(/\/access$/);
  };
  await ask('Back on the rota from Monday');
  const soren = await person('soren.dahl');
  await soren.goto('/groups/k8s-prod-breakfix/assignments?kind=expired');
  await soren.getByRole('row').filter({ hasText: 'Amara Okafor' }).getByRole('link', { name: 'Decide' }).click();
  await choose(soren.getByRole('radio', { name: 'Deny' }));
  await soren.getByLabel('Comment').fill('Membership is enough for the rota.');
  await soren.getByRole('button', { name: 'Record answer' }).click();
  await expect(soren.locator('.flash')).toContainText('Denied.');

  await amara.goto('/requests');
  await amara.getByRole('main').locator('a[href*="/requests/R-"]').first().click();
  await expect(amara.getByRole('main')).toContainText('Membership is enough for the rota.');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);

  await ask('Then for one week only');
  await amara.goto('/access?show=expired');
  await row().getByRole('link', { name: 'Cancel request' }).click();
  await amara.getByRole('button', { name: 'Cancel request' }).click();
  await amara.goto('/access?show=expired');
  await expect(row().getByRole('link', { name: 'Ask to renew' })).toBeVisible();
});

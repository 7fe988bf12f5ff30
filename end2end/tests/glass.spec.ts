import { choose, giveBack, offer, onNow } from '../support/access';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

const group = 'Production database admins';

test('glass broken: on at once, seen by an administrator, closed by her, and only then possible again', async ({
  person,
  scripts,
}) => {
  const amara = await person('amara.okafor');
  await amara.goto('/access');
  await offer(amara, group).getByRole('link', { name: 'Activate' }).click();
  await amara.getByRole('link', { name: 'Break glass' }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toContainText('Break glass');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);
  const form = amara.url();
  await choose(amara.getByRole('radio', { name: /^30\smin/ }));
  await amara.getByLabel('Justification').fill('The primary is down and nobody answers');
  await amara.locator('input[name="code"]').fill(await freshCode(amara, 'amara.okafor'));
  await amara.getByRole('button', { name: 'Break glass' }).click();
  await expect(amara.locator('.flash')).toContainText('Glass broken.');
  await expect(onNow(amara, group)).toHaveCount(1);
  await giveBack(amara, group);
  await amara.goto(form);
  await expect(amara.getByRole('main')).toContainText('nobody has reviewed that yet');

  const aino = await person('aino.virtanen');
  await aino.goto('/break-glass');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByRole('row').filter({ hasText: 'Amara Okafor' }).getByRole('link', { name: 'Review' }).click();
  await expect(aino.getByRole('main')).toContainText('The primary is down and nobody answers');
  await aino.getByRole('button', { name: 'Close the review' }).click();
  await expect(aino.getByRole('alert').first()).toContainText('Not closed');
  await aino.getByLabel('What you found').fill('The primary was down, she failed over');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByRole('button', { name: 'Close the review' }).click();
  await expect(aino.getByRole('row').filter({ hasText: 'Amara Okafor' })).toContainText('Reviewed by Aino Virtanen');

  await amara.goto(form);
  await expect(amara.getByRole('button', { name: 'Break glass' })).toBeVisible();
});

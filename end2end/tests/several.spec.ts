import { choose, giveBack, offer, onNow, waiting } from '../support/access';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

const free = 'Grafana editors';
const asks = 'DNS editors';
const approved = 'Vault secrets readers';

test('several ticked, one form, one code: each has its answer', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  await amara.goto('/access');
  for (const group of [free, asks, approved]) await offer(amara, group).getByRole('checkbox').check();
  await amara.getByRole('button', { name: 'Activate selected' }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toContainText('Activate 3 together');
  await awake(amara, scripts);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);

  await amara.getByRole('button', { name: 'Activate' }).click();
  await expect(amara.getByRole('alert').first()).toContainText('Nothing was activated.');
  await expectAccessible(amara, scripts);

  await choose(amara.getByRole('radio', { name: /^30\smin/ }));
  await amara.getByLabel('Justification').fill('Release 26.3: dashboards, zones and secrets');
  await amara.locator('input[name="code"]').fill(await freshCode(amara, 'amara.okafor'));
  await amara.getByRole('button', { name: 'Activate' }).click();
  await expect(amara).toHaveURL(/\/access\/several\?/);
  await expect(amara.locator('.per-group').filter({ hasText: free })).toContainText('On until');
  await expect(amara.locator('.per-group').filter({ hasText: asks })).toContainText('On until');
  await expect(amara.locator('.per-group').filter({ hasText: approved })).toContainText('Waiting for approval');
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);

  for (const group of [free, asks]) await giveBack(amara, group);
  await waiting(amara, approved).getByRole('link', { name: /Cancel/ }).click();
  await amara.getByRole('button', { name: /Cancel/ }).click();
});

test('a wrong code refuses what asks for one, and nothing else', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  await amara.goto('/access/activate-several?pick=grafana-editors.member&pick=dns-editors.member');
  await amara.getByLabel('Justification').fill('Alert tuning for the storm week');
  await amara.locator('input[name="code"]').fill('000000');
  await amara.getByRole('button', { name: 'Activate' }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toContainText('1 of 2');
  const refused = amara.locator('.per-group').filter({ hasText: asks });
  await expect(refused).toContainText('does not match or was already used');
  await expectAccessible(amara, scripts);
  await refused.getByRole('link', { name: /Try this one alone/ }).click();
  await expect(amara.getByRole('heading', { level: 1 })).toContainText(asks);
  await giveBack(amara, free);
});

test('a favourite stands first, and the same again is one press', async ({ person, scripts }) => {
  const amara = await person('amara.okafor');
  await amara.goto('/access');
  const star = () => offer(amara, free).getByRole('button', { name: /^Favourite/ });
  await star().click();
  await expect(star()).toHaveAttribute('aria-pressed', 'true');
  await expect(amara.locator('tr[id^="pick-"]').first()).toContainText(free);
  await expectAccessible(amara, scripts);
  await expectNoSidewaysScroll(amara);

  await expect(offer(amara, free)).toContainText('Last time: 30');
  await offer(amara, free).getByRole('button', { name: /^Repeat now/ }).click();
  await expect(amara.locator('.flash')).toContainText('Switched on.');
  await expect(onNow(amara, free)).toHaveCount(1);
  await giveBack(amara, free);

  await offer(amara, asks).getByRole('link', { name: /^Repeat/ }).click();
  await expect(amara.getByLabel('Justification')).toHaveValue(/Release 26\.3/);
  await expect(amara.getByRole('radio', { name: /^30\smin/ })).toBeChecked();

  await amara.goto('/access');
  await star().click();
  await expect(star()).toHaveAttribute('aria-pressed', 'false');
});

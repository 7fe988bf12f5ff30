import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test('the sign-in page is readable, accessible and free of errors', async ({ page, scripts }) => {
  const answer = await page.goto('/sign-in');
  expect(answer?.status()).toBe(200);
  await awake(page, scripts);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByLabel('Password')).toBeVisible();
  await expectAccessible(page, scripts);
  await expectNoSidewaysScroll(page);
});

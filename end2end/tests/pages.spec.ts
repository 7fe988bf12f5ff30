import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 240_000 });

/** Every page a persona of the sample company can open, but for those that other journeys look at. */
const pages: Record<string, string[]> = {
  'amara.okafor': ['/access', '/access?show=expired', '/access/activate?pick=dns-editors.member', '/requests', '/account'],
  'ben.lindqvist': [
    '/approvals?show=decided',
    '/groups',
    '/groups/prod-db-admins',
    '/groups/prod-db-admins/assignments?kind=active',
    '/groups/prod-db-admins/assign',
    '/groups/prod-db-admins/settings?role=member',
    '/groups/prod-db-admins/requests',
    '/groups/prod-db-admins/audit',
  ],
  'aino.virtanen': ['/people', '/people/new', '/people/amara.okafor', '/groups/discover', '/groups/new', '/audit', '/admin/import'],
};

for (const [user, addresses] of Object.entries(pages)) {
  test(`pages of ${user}: accessible in both themes, nothing sticks out`, async ({ person, scripts }) => {
    const page = await person(user);
    for (const address of addresses) {
      const answer = await page.goto(address);
      expect(answer?.status(), address).toBe(200);
      await expect(page.getByRole('heading', { level: 1 }), address).toHaveCount(1);
      await awake(page, scripts);
      await expectAccessible(page, scripts);
      await expectNoSidewaysScroll(page);
    }
  });
}

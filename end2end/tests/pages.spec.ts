import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 240_000 });

/** Every page a persona of the sample company can open, but for those that other journeys look at. */
const pages: Record<string, string[]> = {
  'amara.okafor': ['/access', '/access?show=expired', '/access/activate?pick=dns-editors.member', '/access/break-glass?pick=prod-db-admins.member', '/requests', '/account'],
  'ben.lindqvist': [
    '/approvals?show=decided',
    '/groups',
    '/groups/prod-db-admins',
    '/groups/prod-db-admins/assignments?kind=active',
    '/groups/prod-db-admins/assign',
    '/groups/prod-db-admins/settings?role=member',
    '/groups/prod-db-admins/requests',
    '/groups/prod-db-admins/audit',
    '/groups/prod-db-admins/people?at=2026-01-05T09:00',
    '/groups/prod-db-admins/delete',
    '/groups/prod-db-admins/reviews',
    '/groups/prod-db-admins/reviews/new',
    '/reviews',
  ],
  'aino.virtanen': ['/people', '/people/new', '/people/amara.okafor', '/people/amara.okafor/then?at=2026-01-05T09:00', '/people/amara.okafor/why?pick=prod-db-admins.member', '/people/amara.okafor/delete', '/people/deleted', '/groups/deleted', '/groups/discover', '/groups/new', '/roles', '/break-glass', '/audit', '/audit/export', '/admin/import', '/admin/mail', '/admin/webhooks', '/admin/webhooks/new', '/admin/alerts', '/admin/alerts?show=closed', '/admin/alerts/settings', '/account/mail'],
};

for (const [user, addresses] of Object.entries(pages)) {
  test(`pages of ${user}: accessible, nothing sticks out`, async ({ person, scripts }) => {
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

import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { watch } from './watch';

export { expect };

type Fixtures = {
  /** `false` in the projects that run without scripts. */
  scripts: boolean;
  /** A browser of her own for a persona of the demo company, signed in. Give the user name. */
  person: (userName: string) => Promise<Page>;
};

/** Playwright's test; every page in it fails the test on console errors and breaches of the content policy. */
export const test = base.extend<Fixtures>({
  scripts: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),

  context: async ({ context }, use) => {
    const watched = watch(context);
    await use(context);
    expect(watched.faults(), 'console of the page').toEqual([]);
  },

  person: async ({ browser, baseURL, javaScriptEnabled, viewport, locale, timezoneId }, use) => {
    const opened: { context: BrowserContext; faults: () => string[] }[] = [];
    await use(async (userName) => {
      const context = await browser.newContext({ baseURL, javaScriptEnabled, viewport, locale, timezoneId });
      context.setDefaultTimeout(5_000);
      opened.push({ context, ...watch(context) });
      const page = await context.newPage();
      await signInAs(page, userName);
      return page;
    });
    for (const { context } of opened) await context.close();
    expect(opened.flatMap(({ faults }) => faults()), 'console of the pages').toEqual([]);
  },
});

/** One click on the page of the demo. */
export async function signInAs(page: Page, userName: string): Promise<void> {
  await page.goto('/demo');
  const form = page.locator('form[action="/demo/sign-in"]');
  await form.filter({ has: page.locator(`input[name="persona"][value="${userName}"]`) }).getByRole('button').click();
  await expect(page, `signed in as ${userName}`).not.toHaveURL(/\/demo/);
}

/** Waits until the islands of the page work; nothing to wait for without scripts. */
export async function awake(page: Page, scripts: boolean): Promise<void> {
  if (scripts) await expect(page.locator('html')).toHaveAttribute('data-islands', 'awake');
}

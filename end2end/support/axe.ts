import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** No accessibility violation: at the wide size in light, at the narrow one in dark. Every journey is walked at both. */
export async function expectAccessible(page: Page, scripts: boolean): Promise<void> {
  if (scripts) return check(page);
  const copy = await scriptedCopy(page);
  await check(copy);
  await copy.context().close();
}

/** axe is a script itself: where the page runs none, the same document is looked at in a browser that does. */
async function scriptedCopy(page: Page): Promise<Page> {
  const storageState = await page.context().storageState();
  const viewport = page.viewportSize();
  const context = await page.context().browser()!.newContext({ storageState, viewport, javaScriptEnabled: true });
  const copy = await context.newPage();
  const body = (await page.content()).replace(/<script\b[^>]*>[^]*?<\/script>/g, '');
  await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await copy.goto(page.url());
  return copy;
}

async function check(page: Page): Promise<void> {
  const colorScheme = (page.viewportSize()?.width ?? 0) > 600 ? 'light' : 'dark';
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
  expect(found, `${page.url()} in ${colorScheme}`).toEqual([]);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Nothing sticks out to the right: the page itself never scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  expect(wide, `width of ${page.url()}`).toBeLessThanOrEqual(room);
}

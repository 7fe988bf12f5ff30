import type { BrowserContext, Page } from '@playwright/test';

/**
 * Collects what must not happen on any page: errors in the console (breaches of the content policy are among
 * them), uncaught exceptions, files that do not load.
 *
 * One line is allowed: Chromium also reports a *document* answered with 4xx, as our refused forms are (422).
 */
export function watch(context: BrowserContext): { faults: () => string[] } {
  const faults: { url: string; text: string }[] = [];
  const refusedDocuments = new Set<string>();

  const follow = (page: Page) => {
    page.on('response', (response) => {
      const refused = response.status() >= 400 && response.status() < 500;
      if (refused && response.request().isNavigationRequest()) refusedDocuments.add(response.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push({ url: message.location().url, text: message.text() });
    });
    page.on('pageerror', (error) => faults.push({ url: page.url(), text: `uncaught: ${error}` }));
  };
  context.pages().forEach(follow);
  context.on('page', follow);

  const allowed = ({ url, text }: { url: string; text: string }) =>
    refusedDocuments.has(url) && /^Failed to load resource: the server responded with a status of 4\d\d/.test(text);
  return {
    faults: () => faults.filter((fault) => !allowed(fault)).map(({ url, text }) => `${url}: ${text}`),
  };
}

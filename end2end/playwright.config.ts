// Started by `cargo xtask e2e`, which sets BASE_URL (a server with fresh demo data), DATABASE_URL (its database, as
// the owner of the tables), CHROMIUM and RESULTS.
import { defineConfig, type Project } from '@playwright/test';

const sizes = { 1280: { width: 1280, height: 900 }, 390: { width: 390, height: 844 } };

/** Every journey holds at both widths, with scripts and without. */
const journeys: Project[] = [true, false].flatMap((javaScriptEnabled) =>
  Object.entries(sizes).map(([width, viewport]) => ({
    name: `${javaScriptEnabled ? 'scripts' : 'plain'}-${width}`,
    testDir: './tests',
    // The document is the same without scripts, so it is searched for violations once per width.
    testIgnore: javaScriptEnabled ? [] : 'pages.spec.ts',
    use: { javaScriptEnabled, viewport },
  })),
);

const screenshots: Project = {
  name: 'screenshots',
  testDir: './screenshots',
  use: { viewport: sizes[1280], deviceScaleFactor: 1 },
};

export default defineConfig({
  outputDir: process.env.RESULTS,
  // One database for all tests of a project: one after the other.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 5_000 },
  reporter: [['list']],
  use: {
    baseURL: process.env.BASE_URL,
    // Not the default: a locator that finds nothing would wait for the whole test.
    actionTimeout: 5_000,
    navigationTimeout: 10_000,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    screenshot: 'only-on-failure',
    // A film of every step takes as long as the steps: TRACE=1 asks for one.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
      ],
    },
  },
  projects: [...journeys, screenshots],
});

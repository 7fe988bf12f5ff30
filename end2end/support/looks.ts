import type { Page } from '@playwright/test';
import { expectAccessible, expectNoSidewaysScroll } from './axe';
import { awake } from './fixtures';

/** The page as people meet it: awake, without accessibility violations, nothing sticking out. */
export async function looksRight(page: Page, scripts: boolean): Promise<void> {
  await awake(page, scripts);
  await expectAccessible(page, scripts);
  await expectNoSidewaysScroll(page);
}

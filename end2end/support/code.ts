import { type Page } from '@playwright/test';

/** The code that each person typed last: a code is taken once only. */
const used = new Map<string, string>();

/** A code of a persona that was not used before, from the page of the demo; waits for the next one if it has to. */
export async function freshCode(page: Page, userName: string): Promise<string> {
  for (;;) {
    const code = await shown(page, userName);
    if (used.get(userName) !== code) {
      used.set(userName, code);
      return code;
    }
    await new Promise((wait) => setTimeout(wait, 1_000));
  }
}

async function shown(page: Page, userName: string): Promise<string> {
  const html = await (await page.request.get('/demo')).text();
  const card = html.split('<li').find((part) => part.includes(`value="${userName}"`));
  const code = card?.match(/<output[^>]*>(\d{3})[\s\u00a0]*(?:&nbsp;)?(\d{3})<\/output>/);
  if (!code) throw new Error(`no code for ${userName} on /demo`);
  return code[1] + code[2];
}

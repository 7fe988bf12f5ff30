import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { expectAccessible, expectNoSidewaysScroll } from '../support/axe';
import { freshCode } from '../support/code';
import { awake, expect, test } from '../support/fixtures';

test.describe.configure({ timeout: 180_000 });

type Arrived = { headers: IncomingHttpHeaders; body: string };

/** A program that receives: keeps what arrives, and answers with the status that was set last. */
async function receiver() {
  const arrived: Arrived[] = [];
  const answer = { status: 200 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      arrived.push({ headers: request.headers, body });
      response.writeHead(answer.status).end('thank you, <b>program</b>');
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { arrived, answer, address: `http://127.0.0.1:${port}/in`, close: () => server.close() };
}

test('a webhook is added, tried, told of what happens, and its log says how it went', async ({ person, scripts }) => {
  const aino = await person('aino.virtanen');
  const { arrived, answer, address, close } = await receiver();
  await aino.goto('/access');
  if ((aino.viewportSize()?.width ?? 0) > 960) {
    await aino.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Webhooks' }).click();
  } else {
    await aino.goto('/admin/webhooks');
  }
  await aino.getByRole('link', { name: 'Add a webhook' }).click();
  await aino.locator('input[name="code"]').fill('000000');
  await aino.getByLabel('Name', { exact: true }).fill('Ledger of access');
  await aino.getByLabel('Address', { exact: true }).fill('https://169.254.169.254/latest');
  await aino.getByLabel(/JSON for a program/).check();
  await aino.getByRole('button', { name: 'Add the webhook' }).click();
  await expect(aino.getByRole('main')).toContainText('Choose at least one kind of events');
  await expect(aino.getByRole('main')).toContainText('link-local');
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  await aino.getByLabel('Address', { exact: true }).fill(address);
  await aino.getByLabel('Groups and settings', { exact: true }).check();
  await aino.locator('input[name="code"]').fill(await freshCode(aino, 'aino.virtanen'));
  await aino.getByRole('button', { name: 'Add the webhook' }).click();
  const secret = (await aino.getByText(/^whsec_/).textContent()) ?? '';
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await aino.getByRole('link', { name: 'I have kept it' }).click();

  await aino.getByRole('button', { name: 'Send a test' }).click();
  await expect(aino.locator('.flash')).toContainText('The test was taken');
  const sent = arrived.find(({ body }) => JSON.parse(body).type === 'test')!;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = sent.headers;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${at}.${sent.body}`).digest('base64');
  expect(signature).toBe(`v1,${expected}`);

  // its own making is the first that it tells of
  await expect(async () => {
    expect(arrived.map(({ body }) => JSON.parse(body).type)).toContain('hook-created');
  }).toPass({ timeout: 20_000 });
  await aino.reload();
  const row = aino.getByRole('row').filter({ hasText: 'Webhook created' });
  await expect(row).toContainText('Taken');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);
  await row.getByRole('link').click();
  await expect(aino.getByRole('main')).toContainText('thank you, <b>program</b>');
  await expect(aino.getByRole('main')).toContainText('Ledger of access');
  await expectAccessible(aino, scripts);
  await expectNoSidewaysScroll(aino);

  const count = arrived.length;
  await aino.getByRole('button', { name: 'Send it again' }).click();
  await expect.poll(() => arrived.filter(({ body }) => JSON.parse(body).type === 'hook-created').length, { timeout: 20_000 }).toBe(2);
  expect(arrived.length).toBeGreaterThan(count);
  answer.status = 500;
  await aino.getByRole('button', { name: 'Send a test' }).click();
  await expect(aino.getByRole('main')).toContainText('the receiver answered 500');
  answer.status = 200;

  await aino.getByRole('button', { name: 'Switch it off' }).click();
  await expect(aino.getByRole('main')).toContainText('This webhook is off');
  await aino.getByRole('link', { name: 'Delete', exact: true }).click();
  await expect(aino.getByRole('button', { name: 'Delete Ledger of access' })).toBeVisible();
  await awake(aino, scripts);
  await expectAccessible(aino, scripts);
  await aino.getByRole('button', { name: 'Delete Ledger of access' }).click();
  await expect(aino.locator('.flash')).toContainText('deleted');
  close();
});

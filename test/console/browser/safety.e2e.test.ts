import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { openConsole } from '../../../src/console/console.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { order, orderNo } from '../../payment-orders/world.ts';
import { executablePath, isBrowserAbsent } from '../../report/browser/browser.ts';
import { operator, tried } from '../desk.ts';

let browser: Browser | null = null;
afterAll(() => browser?.close());

/** A console that acts, and a page on another port of this machine, in one browser. */
async function besideEachOther() {
  const runtime = systemRuntime();
  const { orders, errors, desk } = await tried(operator, { runtime });
  await orders.create(order);
  const running = await openConsole({
    ...{ orders, runtime, actor: operator, store: 'memory:', indexFile: null },
    ...{ port: 0, language: 'en', onError: desk.onError, onKept: () => undefined },
  });
  const other = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'desk=forged; Path=/' });
    response.end('<!doctype html><title>other</title><body></body>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has such an address.
  const { port } = other.address() as AddressInfo;
  browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    await running.close();
    other.close();
    other.closeAllConnections();
  });
  const page = await context.newPage();
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const rogue = `http://127.0.0.1:${port}/`;
  return { page, context, orders, errors, complaints, url: running.url, rogue };
}

const act = (url: string) => `${url}orders/${orderNo}/act/abandon`;

/** A script that submits a form of the browser's own. */
const submitTo = (target: string) => `{
  const given = { method: 'post', action: ${JSON.stringify(target)} };
  const form = Object.assign(document.createElement('form'), given);
  document.body.append(form);
  form.submit();
}`;

describe.skipIf(isBrowserAbsent)('in a browser, a page on another port of this machine', () => {
  test('can neither read nor post by fetch, though it knows the way in', async () => {
    const { page, orders, url, rogue } = await besideEachOther();
    await page.goto(url);
    await page.goto(rogue);
    const results = await page.evaluate(async (target) => {
      const init: RequestInit = { credentials: 'include' };
      const form = { method: 'POST', body: new URLSearchParams('csrf=x') };
      const tries = [init, { ...init, ...form }, { ...init, ...form, mode: 'no-cors' as const }];
      return Promise.all(
        tries.map((each) =>
          fetch(target, each).then(
            (answer) => answer.type,
            () => 'refused',
          ),
        ),
      );
    }, act(url));
    expect(results).toEqual(['refused', 'refused', 'refused']);
    expect((await orders.recordedEvents(orderNo)).length).toBe(1);
  });

  test('cannot post a form of its own, nor lead there by a link', async () => {
    const { page, orders, url, rogue } = await besideEachOther();
    await page.goto(rogue);
    const submitted = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.evaluate(submitTo(act(url)));
    expect((await submitted).status()).toBe(403);
    await page.waitForURL(act(url));
    await page.goto(rogue);
    const followed = page.waitForResponse(url);
    await page.evaluate(`location.assign(${JSON.stringify(url)})`);
    expect((await followed).status()).toBe(403);
    expect((await orders.recordedEvents(orderNo)).length).toBe(1);
  });

  test('cannot show the console within itself', async () => {
    const { page, url, rogue } = await besideEachOther();
    await page.goto(rogue);
    const framed = page.waitForResponse(url);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url)} }))`,
    );
    expect((await framed).status()).toBe(403);
  });

  test('cannot take the place of our cookie', async () => {
    const { page, context, url, rogue } = await besideEachOther();
    await page.goto(rogue);
    await page.goto(url);
    const cookies = await context.cookies(url);
    expect(
      cookies
        .filter(({ name }) => name === 'desk')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['/', new URL(url).pathname]);
    // The one of ours is still found beside it: no new session is begun.
    const again = await page.goto(url);
    expect(again?.headers()['set-cookie']).toBeUndefined();
  });
});

describe.skipIf(isBrowserAbsent)('in a browser, the console', () => {
  test('opens by its address, obeys its own policy and says nothing aloud', async () => {
    const { page, complaints, errors, url } = await besideEachOther();
    expect((await page.goto(url))?.status()).toBe(200);
    await page.waitForLoadState('load');
    expect([complaints, errors]).toEqual([[], []]);
  });

  test('posts by its script with its true origin; the browser names null for a form', async () => {
    const { page, url } = await besideEachOther();
    await page.goto(url);
    const origins: (string | undefined)[] = [];
    await page.route('**/tried', async (route) => {
      origins.push((await route.request().allHeaders())['origin']);
      await route.fulfill({ status: 204 });
    });
    await page.evaluate(
      (target) => fetch(target, { method: 'POST' }).then(({ status }) => status),
      `${url}tried`,
    );
    await page.evaluate(submitTo(`${url}tried`));
    await expect.poll(() => origins).toEqual([new URL(url).origin, 'null']);
  });
});

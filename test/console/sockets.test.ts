import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RunningConsole } from '../../src/console/console.ts';
import { openConsole } from '../../src/console/console.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { order, orderNo } from '../payment-orders/world.ts';
import { operator, tried } from './desk.ts';
import { RawConnection } from './raw.ts';

async function opened() {
  const runtime = systemRuntime();
  const { orders, errors, desk } = await tried(operator, { runtime });
  const { onError } = desk;
  const running = await openConsole({
    ...{ orders, runtime, actor: operator, store: 'memory:', indexFile: null, onError },
    ...{ port: 0, language: 'en', onKept: () => undefined },
  });
  onTestFinished(() => running.close());
  return { running, orders, errors, ...placeOf(running) };
}

function placeOf({ url }: RunningConsole) {
  const { port, host, pathname } = new URL(url);
  const connection = (address?: string) => {
    const made = new RawConnection(Number(port), address);
    onTestFinished(() => {
      made.destroy();
    });
    return made;
  };
  return { host, pathname, connection };
}

const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);

describe('a console', () => {
  test('lies below 128 random bits, other ones each time', async () => {
    const [one, other] = [await opened(), await opened()];
    expect(one.pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
    expect(one.pathname).not.toBe(other.pathname);
  });

  test('listens on 127.0.0.1 alone', async () => {
    const { connection, host } = await opened();
    for (const address of ['127.0.0.2', '::1']) {
      const elsewhere = connection(address).write('GET / HTTP/1.1', `Host: ${host}`, '', '');
      expect(await elsewhere.ended()).toBe('');
    }
  });

  test('draws a key of its own: no other console takes its cookie', async () => {
    const [one, other] = [await opened(), await opened()];
    const first = (cookie: string, { connection, host, pathname } = one) =>
      connection()
        .write(`GET ${pathname} HTTP/1.1`, `Host: ${host}`, 'Sec-Fetch-Site: none', '')
        .write(`Cookie: ${cookie}`, 'Connection: close', '', '')
        .ended();
    const cookie = /set-cookie: (desk=[^;]+)/i.exec(await first('a=b'))?.[1] ?? '';
    expect(cookie).toMatch(/^desk=/);
    expect(await first(cookie)).not.toMatch(/set-cookie/i);
    expect(await first(cookie, other)).toMatch(/set-cookie/i);
  });
});

describe('a request', () => {
  test('is answered with all the cookies that other pages of this machine may have set', async () => {
    // Given as many as a browser keeps, as long as it allows
    const cookies = Array.from({ length: 180 }, (_, place) => `c${place}=`.padEnd(4_096, 'c'));
    const { connection, host, pathname } = await opened();
    // When
    const answer = connection().write(
      ...[`GET ${pathname}no HTTP/1.1`, `Host: ${host}`, 'Sec-Fetch-Site: none'],
      ...[`Cookie: ${cookies.join('; ')}`, 'Connection: close', '', ''],
    );
    // Then
    expect(await answer.ended()).toContain('There is no such page');
  });

  test('that comes while it closes begins nothing', async () => {
    // Given a browser that is connected, and a page that is still being made
    const { connection, host, pathname, running, orders } = await opened();
    const asked = Promise.withResolvers<null>();
    const released = Promise.withResolvers<null>();
    onTestFinished(() => {
      released.resolve(null);
    });
    const counted = vi.spyOn(orders, 'countAttention').mockImplementation(async () => {
      asked.resolve(null);
      await released.promise;
      throw new Error('not counted');
    });
    const head = [`GET ${pathname} HTTP/1.1`, `Host: ${host}`, 'Sec-Fetch-Site: none'];
    const first = connection().write(...head, '', '');
    await asked.promise;
    // A request that has begun keeps its connection open.
    const second = connection().write(...head, '');
    const third = connection().write(...head, 'Connection: close', '', '');
    await vi.waitUntil(() => counted.mock.calls.length === 2);
    // When
    const closed = running.close();
    second.write('', '');
    // Then it is refused, and the first is answered
    expect(statusOf(await second.until('\r\n\r\n'))).toBe(503);
    expect(counted).toHaveBeenCalledTimes(2);
    released.resolve(null);
    expect(statusOf(await first.until('\r\n\r\n'))).toBe(500);
    expect(statusOf(await third.until('\r\n\r\n'))).toBe(500);
    await closed;
  });
});

describe('whoever writes to the socket', () => {
  const hostile: readonly (readonly [string, readonly string[]])[] = [
    ['no host', ['GET PATH HTTP/1.1', 'Sec-Fetch-Site: none']],
    ['no host in HTTP/1.0', ['GET PATH HTTP/1.0', 'Sec-Fetch-Site: none']],
    ['a host that is none', ['GET PATH HTTP/1.1', 'Host: a b<script>', 'Sec-Fetch-Site: none']],
    [
      'two hosts, ours last',
      ['GET PATH HTTP/1.1', 'Host: evil.example', 'Host: HOST', 'Sec-Fetch-Site: none'],
    ],
    [
      'an address with our host, and another host',
      ['GET http://HOST/PATH HTTP/1.1', 'Host: evil.example', 'Sec-Fetch-Site: none'],
    ],
    ['a path with backslashes', ['GET \\PATH HTTP/1.1', 'Host: HOST', 'Sec-Fetch-Site: none']],
    ['a path that leads out', ['GET PATH../../etc/passwd HTTP/1.1', 'Host: HOST']],
    ['a path that is not encoded well', ['GET PATH%ff%zz HTTP/1.1', 'Host: HOST']],
    ['CONNECT', ['CONNECT evil.example:443 HTTP/1.1', 'Host: HOST']],
    ['TRACE', ['TRACE PATH HTTP/1.1', 'Host: HOST', 'Sec-Fetch-Site: none']],
    ['no HTTP', ['<script>alert(1)</script>']],
    ['a head without end', ['GET PATH HTTP/1.1', 'Host: HOST', `X: ${'a'.repeat(20_000)}`]],
    [
      'a length and chunks',
      ['POST PATHact HTTP/1.1', 'Host: HOST', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
    ],
  ];

  test.each(hostile)('with %s gets a refusal that says nothing', async (_name, lines) => {
    const { connection, host, pathname, errors } = await opened();
    const written = lines.map((line) => line.replace('PATH', pathname).replace('HOST', host));
    const answer = await connection()
      .write(...written, 'Connection: close', '', '')
      .ended();
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    if (answer !== '') expect(statusOf(head)).toBeGreaterThanOrEqual(400);
    expect(body).not.toMatch(/<|node:|\.js|\.ts|root:/);
    expect(errors).toEqual([]);
  });

  test('and sends a form without end is cut off, and holds nobody else up', async () => {
    const { connection, host, pathname } = await opened();
    const flood = connection().write(
      `POST ${pathname}orders/O1/act/retry HTTP/1.1`,
      ...[`Host: ${host}`, `Origin: http://${host}`, 'Sec-Fetch-Site: same-origin'],
      ...['Content-Length: 1000000000', '', 'a'.repeat(100_000)],
    );
    expect(statusOf(await flood.until('\r\n\r\n'))).toBe(413);
    const other = connection().write(
      ...[`GET ${pathname}no HTTP/1.1`, `Host: ${host}`, 'Sec-Fetch-Site: none'],
      ...['Connection: close', '', ''],
    );
    expect(statusOf(await other.ended())).toBe(404);
  });
});

describe('the stream of an open page', () => {
  const stream = (of: Awaited<ReturnType<typeof opened>>, query = '') =>
    of
      .connection()
      .write(
        ...[`GET ${of.pathname}changes${query} HTTP/1.1`, `Host: ${of.host}`],
        ...['Sec-Fetch-Site: same-origin', '', ''],
      );

  test('says that something changed, to every page and to that of the order', async () => {
    const of = await opened();
    const streams = [stream(of), stream(of, `?order=${orderNo}`)];
    for (const each of streams) expect(statusOf(await each.until('\r\n\r\n'))).toBe(200);
    await of.orders.create(order);
    for (const each of streams) expect(await each.until('changed')).toContain('event: changed');
  });

  test('leaves room for whoever reads and acts, however many are open', async () => {
    // Given more streams than there may be connections
    const of = await opened();
    const streams = Array.from({ length: 300 }, () => stream(of));
    const heads = await Promise.all(streams.map((each) => each.until('\r\n\r\n')));
    // When somebody opens a page
    const page = () =>
      of
        .connection()
        .write(`GET ${of.pathname}no HTTP/1.1`, `Host: ${of.host}`, 'Sec-Fetch-Site: none')
        .write('', 'Connection: close', '', '')
        .ended();
    for (const [place, head] of heads.entries()) {
      if (statusOf(head) !== 200) streams[place]?.destroy();
    }
    // Then it is shown
    expect(heads.filter((head) => statusOf(head) === 200).length).toBe(128);
    expect(await vi.waitUntil(page)).toContain('There is no such page');
    // And a stream that its browser has left makes room for another
    for (const each of streams) each.destroy();
    await vi.waitUntil(async () => {
      const next = stream(of);
      return statusOf(await next.until('\r\n\r\n')) === 200;
    });
    expect(of.errors).toEqual([]);
  });

  test('ends when the console closes, which then lets go of the port', async () => {
    const of = await opened();
    const open = stream(of);
    await open.until('\r\n\r\n');
    await of.running.close();
    await open.ended();
    expect(await of.connection().write('GET / HTTP/1.1', '', '').ended()).toBe('');
    expect(of.errors).toEqual([]);
  });
});

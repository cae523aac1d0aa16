import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { html } from '../../src/console/html.ts';
import { headers as ours } from '../../src/console/headers.ts';
import type { Route } from '../../src/console/routes.ts';
import { invalidInput, PaymentOrderError } from '../../src/errors.ts';
import { base, csrfIn, operator, place, posted, typed, visited } from './desk.ts';

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>';

/** A page that fails so. */
function failing(error: unknown): Route {
  const handle = () => {
    // The tests throw what no code of ours should.
    throw error as Error;
  };
  return { method: 'GET', path: '/fails', handle: () => Promise.resolve().then(handle) };
}

describe('the way in', () => {
  const strangers = [
    '/',
    '/assets/console.js',
    '/favicon.ico',
    `/${'b'.repeat(32)}/`,
    `/${place.wayIn.slice(1)}/`,
    `/${place.wayIn}a/`,
    `//${place.wayIn}/`,
    `/x/../${'b'.repeat(32)}/`,
  ];

  test.each(strangers)('says nothing to whoever does not know it: %s', async (path) => {
    const { app } = await visited();
    const answer = await app.request(path, { headers: typed });
    expect([answer.status, await answer.text()]).toEqual([404, 'not found\n']);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  test('says the same to their forms, their methods and their other sites', async () => {
    const { app } = await visited();
    for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS']) {
      const headers = { host: place.host, 'sec-fetch-site': 'cross-site' };
      expect((await app.request('/other/act', { method, headers })).status).toBe(404);
    }
  });

  test('is found again without its slash', async () => {
    const { get } = await visited();
    const answer = await get('');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, `${base}/`]);
  });

  test('tells whoever knows it that a page is not there', async () => {
    const { get } = await visited();
    const answer = await get('/no/such');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('There is no such page');
  });
});

describe('the host', () => {
  const rebound = [
    ...['evil.example', 'evil.example:8785', 'localhost:8785', '127.0.0.1', '127.0.0.1:8786'],
    ...['127.0.0.1:8785.evil.example', '[::1]:8785', '0.0.0.0:8785', '127.1:8785', ''],
  ];

  test.each(rebound)('must be ours, whatever name leads here: %s', async (host) => {
    const { get, post, forms } = await visited();
    expect((await get('/', { host })).status).toBe(421);
    expect((await post('/act', { host })).status).toBe(421);
    expect(forms).toEqual([]);
  });
});

describe('a page', () => {
  test.each(['cross-site', 'same-site', 'nonsense', ''])(
    'is not given to a request from elsewhere: %s',
    async (site) => {
      const { get } = await visited();
      for (const path of ['/', '/changes', '/assets/console.js', '/?lang=zh-CN']) {
        const answer = await get(path, { 'sec-fetch-site': site });
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
      }
    },
  );

  test('is not given to a client that does not say where it comes from', async () => {
    const { app } = await visited();
    expect((await app.request(`${base}/`, { headers: { host: place.host } })).status).toBe(403);
  });

  test('carries every header, whatever the answer is', async () => {
    const { app, get, post } = await visited();
    const answers = [
      ...[await get('/'), await get('/no'), await get('/assets/console.css'), await post('/act')],
      ...[await app.request('/', { headers: typed }), await get('/', { host: 'evil' })],
      ...[await post('/act', {}, 'csrf=no'), await post('/act', {}, 'a='.padEnd(70_000, 'a'))],
    ];
    for (const { headers } of answers) {
      for (const [name, value] of Object.entries(ours)) expect(headers.get(name)).toBe(value);
    }
  });

  test('has no script, style or handler of its own within its HTML', async () => {
    const { first, get } = await visited();
    const texts = [await (await get('/')).text(), await (await get('/no')).text()];
    for (const text of texts) {
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/);
    }
    expect(first.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  // TRACE is tried over a socket: no `Request` can be made with it.
  test.each(['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])(
    'does not answer to %s',
    async (method) => {
      const { app, forms, cookie } = await visited();
      const headers = { ...posted, cookie };
      expect((await app.request(`${base}/act`, { method, headers })).status).toBe(405);
      expect(forms).toEqual([]);
    },
  );

  test('shows hostile texts as texts', async () => {
    const route: Route = {
      method: 'GET',
      path: '/orders/:orderNo',
      handle: (_desk, _visit, { orderNo = '' }) =>
        Promise.resolve({
          ...{ title: orderNo, nav: null, live: { orderNo } },
          main: html`<p title="${orderNo}">${orderNo}</p>`,
        }),
    };
    const { get } = await visited({ kind: 'operator', id: hostile }, [route]);
    const text = await (await get(`/orders/${encodeURIComponent(hostile)}`)).text();
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('<img');
    expect(text.split('&lt;script&gt;alert(1)').length).toBe(6);
  });

  test('keeps a hostile query within the address of the other language', async () => {
    const { get } = await visited();
    const text = await (await get(`/?text=${encodeURIComponent(hostile)}`)).text();
    expect(text).not.toContain('<script>');
    expect(text).toContain('lang=zh-CN');
  });
});

describe('a page that fails', () => {
  const known = [
    [404, new PaymentOrderError('order-not-found', 'no such order', {})],
    [422, invalidInput('orderNo', hostile)],
    [503, new PaymentOrderError('store-unavailable', 'the store does not answer', {})],
  ] as const;

  test.each(known)('says so by the status %i', async (status, error) => {
    const { get, errors } = await visited(operator, [failing(error)]);
    const answer = await get('/fails');
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(text).toContain('role="alert"');
    expect(text).not.toContain('<script>');
    expect(errors).toEqual([]);
  });

  test('shows nothing of an error that is not ours, and hands it to the terminal', async () => {
    const error = new Error('secret of /home/li/orders.db');
    const { get, errors } = await visited(operator, [failing(error)]);
    const answer = await get('/fails');
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).not.toMatch(/secret|\/home|node:|\.ts:/);
    expect(errors).toEqual([error]);
  });
});

describe('a form', () => {
  test('is taken from our own page, and leads on', async () => {
    const { post, forms, csrf } = await visited();
    const answer = await post('/act');
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `${base}/other`]);
    expect(forms).toEqual([`csrf=${csrf}&a=1`]);
  });

  test('does not exist where the console only reads', async () => {
    const { post, get, forms } = await visited(null);
    expect((await post('/act')).status).toBe(404);
    expect(forms).toEqual([]);
    expect(await (await get('/')).text()).toContain('read-only');
  });

  test.each([
    ['no origin', { origin: '' }],
    ['null, as a form itself says here', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:9999' }],
    ['another name of this machine', { origin: 'http://localhost:8785' }],
    ['another scheme', { origin: 'https://127.0.0.1:8785' }],
    ['ours and more', { origin: 'http://127.0.0.1:8785, http://evil.example' }],
    ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
    ['nowhere by Sec-Fetch-Site', { 'sec-fetch-site': 'none' }],
    ['another site, with our origin', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused from %s', async (_name, headers) => {
    const { post, forms } = await visited();
    expect((await post('/act', headers)).status).toBe(403);
    expect(forms).toEqual([]);
  });

  test.each([
    ['none', 'a=1'],
    ['an empty one', 'csrf=&a=1'],
    ['a guessed one', `csrf=${'0'.repeat(64)}`],
    ['one in JSON', '{"csrf":"x"}'],
  ])('is refused with %s for its word', async (_name, body) => {
    const { post, forms } = await visited();
    expect((await post('/act', {}, body)).status).toBe(403);
    expect(forms).toEqual([]);
  });

  test('is refused with the word of another session, and of another console', async () => {
    const [one, other] = [await visited(), await visited()];
    const second = await one.get('/');
    const word = csrfIn(await second.text());
    expect(word).not.toBe(one.csrf);
    expect((await one.post('/act', {}, `csrf=${word}`)).status).toBe(403);
    const stranger = await one.post('/act', { cookie: '' }, `csrf=${other.csrf}`);
    expect(stranger.status).toBe(403);
    expect(one.forms).toEqual([]);
  });

  test('is refused over 64 KiB, and taken below', async () => {
    const { post, forms, csrf, errors } = await visited();
    const long = (bytes: number) => `csrf=${csrf}&a=`.padEnd(bytes, 'a');
    expect((await post('/act', {}, long(65_537))).status).toBe(413);
    expect((await post('/act', { 'transfer-encoding': 'chunked' }, long(65_537))).status).toBe(413);
    expect(forms).toEqual([]);
    expect((await post('/act', {}, long(65_536))).status).toBe(201);
    expect(errors).toEqual([]);
  });
});

describe('a cookie', () => {
  test('goes to this console alone, and to no script', async () => {
    const { first } = await visited();
    const [value, ...attributes] = (first.headers.get('set-cookie') ?? '').split('; ');
    expect(value).toMatch(/^desk=[0-9a-f]{32}\.[0-9a-f]{64}$/);
    expect(attributes.toSorted()).toEqual(['HttpOnly', `Path=${base}/`, 'SameSite=Strict']);
  });

  test('is not set again for whoever has one', async () => {
    const { get, cookie, csrf } = await visited();
    const answer = await get('/', { cookie });
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(csrfIn(await answer.text())).toBe(csrf);
  });

  const id = '0'.repeat(32);
  const byOther = createHmac('sha256', 'a key of theirs').update(`session ${id}`).digest('hex');
  const forged = [
    ...[`desk=${id}.${byOther}`, `desk=${id}.`, `desk=${id}`, 'desk=', 'desk=.'],
    ...['desk=__proto__.x', 'desk', '=', `desk=${'9'.repeat(4_000)}`],
  ];

  test.each(forged)('that we did not sign begins nothing: %s', async (cookie) => {
    const { get, post, forms } = await visited();
    expect((await get('/', { cookie })).headers.get('set-cookie')).toMatch(/^desk=/);
    expect((await post('/act', { cookie })).status).toBe(403);
    expect(forms).toEqual([]);
  });

  test.each(forged)('that we did not sign hides none of ours: %s', async (other) => {
    const { post, cookie } = await visited();
    expect((await post('/act', { cookie: `${other}; ${cookie}` })).status).toBe(201);
    expect((await post('/act', { cookie: `${cookie}; ${other}` })).status).toBe(201);
  });
});

describe('a language', () => {
  test('is chosen by a link, is kept, and shows the same page', async () => {
    const { get } = await visited();
    const chosen = await get('/other?why=doubt&lang=zh-CN');
    expect([chosen.status, chosen.headers.get('location')]).toEqual([
      302,
      `${base}/other?why=doubt`,
    ]);
    expect(chosen.headers.get('set-cookie')).toContain(`lang=zh-CN; Path=${base}/`);
    const text = await (await get('/other', { cookie: 'lang=zh-CN' })).text();
    expect(text).toContain('<html lang="zh-CN">');
  });

  test.each(['fr', '__proto__', '"><script>', ''])(
    'that is not ours is no choice: %s',
    async (lang) => {
      const { get } = await visited();
      const answer = await get(`/?lang=${encodeURIComponent(lang)}`, { cookie: `lang=${lang}` });
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<html lang="en">');
    },
  );
});

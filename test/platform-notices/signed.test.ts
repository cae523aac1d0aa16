import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { platformNotices } from '../../src/platform-notices/platform-notices.ts';
import { keys } from '../gateway/support.ts';
import { forged, notice, paid, paidFact, refunded } from './support.ts';
import { signedNotice, unreadable, waits } from './support.ts';

const { publicKey } = keys;
const translate = platformNotices({ publicKey });
const signed = expect.stringMatching(/^SHA1withRSA by the platform's key [0-9a-f]{16}$/) as string;

describe('a signed notice', () => {
  test('is the fact that its content reports, vouched for by the key that verified it', async () => {
    expect(await translate(notice(await signedNotice()))).toEqual({ ...paidFact, signed });
  });

  test('is the same fact again with another nonce and time', async () => {
    const first = await translate(notice(await signedNotice()));
    const copy = await signedNotice({ nonce: 'Z9y8X7', timestamp: '1614761466000' });
    expect(await translate(notice(copy))).toEqual(first);
  });

  test('may have its timestamp as a number', async () => {
    const given = { ...(await signedNotice()), timestamp: 1_614_757_866_000 };
    expect(await translate(notice(given))).toEqual({ ...paidFact, signed });
  });

  test('means the same whatever its message_type is, which nothing covers', async () => {
    const given = await signedNotice();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (messageType) => {
        const changed = { ...given, message_type: messageType };
        expect(await translate(notice(changed))).toEqual({ ...paidFact, signed });
      }),
    );
  });

  test('is forged once anything that is covered is changed', async () => {
    const given = (await signedNotice()) as Readonly<Record<string, string>>;
    const place = fc.record({
      field: fc.constantFrom('sign', 'request_content', 'timestamp', 'nonce'),
      at: fc.nat(),
      by: fc.constantFrom(...Array.from('0123456789ABCDEFabcdef')),
    });
    await fc.assert(
      fc.asyncProperty(place, async ({ field, at, by }) => {
        const text = given[field] ?? '';
        // The last characters of base64 may hold bits that mean nothing.
        const index = at % (field === 'sign' ? text.length - 4 : text.length);
        fc.pre(text[index] !== by && (field !== 'timestamp' || /[0-9]/.test(by)));
        const value = `${text.slice(0, index)}${by}${text.slice(index + 1)}`;
        expect(await translate(notice({ ...given, [field]: value }))).toEqual(forged);
      }),
    );
  });

  test('is forged with the signature of another key, or with none that can be read', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(await translate(notice(await signedNotice({}, other)))).toEqual(forged);
    for (const sign of ['x', '====', 'AAAA'.repeat(1_000)]) {
      expect(await translate(notice({ ...(await signedNotice()), sign }))).toEqual(forged);
    }
  });

  test('cannot be cut elsewhere, so that a part of its content becomes the content', async () => {
    // Whoever may choose the message of a true notice tries to make a payment of it.
    const inner = JSON.stringify({ ...paid, etc_biz_no: 'O1' });
    const piece = fc.constantFrom('&request_content=', '&timestamp=', '1', inner, '&nonce=a', 'x');
    const content = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(content, async (given) => {
        const { sign, nonce, request_content, timestamp } = await signedNotice({ content: given });
        const text = `${String(nonce)}&request_content=${given}&timestamp=${String(timestamp)}`;
        const cuts = placesOf('&request_content=', text).flatMap(([nonceEnd, from]) =>
          placesOf('&timestamp=', text)
            .filter(([to]) => to >= from)
            .map(([to, rest]) => ({
              ...{ sign, nonce: text.slice(0, nonceEnd), request_content: text.slice(from, to) },
              timestamp: text.slice(rest),
            })),
        );
        const verified: object[] = [];
        for (const cut of cuts) {
          const translated = await translate(notice(cut));
          expect(translated.kind).not.toBe('forged');
          const isOfAnotherForm =
            'problem' in translated && translated.problem.includes('not in the form that is known');
          if (!isOfAnotherForm) verified.push(cut);
        }
        expect(verified).toEqual([{ sign, nonce, request_content, timestamp }]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['no signature', { sign: undefined }],
    ['no content', { request_content: undefined }],
    ['its content as an object', { request_content: paid }],
    ['a timestamp with a fraction', { timestamp: 1.5 }],
    ['no nonce', { nonce: undefined }],
    ['an unknown field', { app_id: 'OIG0AF4DMOK2VC2N' }],
    ['the fields of an unsigned notice as well', paid],
  ])('is unreadable with %s', async (_what, change) => {
    const given = { ...(await signedNotice()), ...change };
    expect(await translate(notice(given))).toEqual(unreadable);
  });

  test.each(['', 'not JSON', '[]', '{"a":1,"a":2}', JSON.stringify({ ...paid, biz_amt: '1.005' })])(
    'is held, not forged, where its content is none that we know: %j',
    async (content) => {
      expect(await translate(notice(await signedNotice({ content })))).toEqual(unreadable);
    },
  );

  test('is held where no key was given', async () => {
    expect(await platformNotices()(notice(await signedNotice()))).toEqual(unreadable);
  });

  test('waits for the order of its refund, and is vouched for when that is known', async () => {
    const given = notice(await signedNotice({ content: JSON.stringify(refunded) }));
    let orderNo: string | null = null;
    const asking = platformNotices({ publicKey, orderOfRefund: () => orderNo });
    expect(await asking(given)).toEqual(waits);
    orderNo = 'O1';
    expect(await asking(given)).toMatchObject({ kind: 'fact', orderNo: 'O1', signed });
  });
});

test('an unsigned notice is never vouched for by its translator', async () => {
  expect(await translate(notice(paid))).toEqual(paidFact);
});

describe('the public key', () => {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const base64 = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

  test.each([
    ['PEM', pem],
    ['base64 in one line', base64],
    ['base64 in many lines', base64.replaceAll(/(.{64})/g, '$1\n')],
  ])('is read from %s', async (_form, given) => {
    const translated = await platformNotices({ publicKey: given })(notice(await signedNotice()));
    expect(translated).toEqual({ ...paidFact, signed });
  });

  const canary = 'CANARY';
  const privatePem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  test.each([
    ['nothing', ''],
    ['other text', canary],
    ['a cut PEM', pem.slice(0, 100)],
    ['a private key', privatePem],
    ['a private key without its head', privatePem.split('\n').slice(1, -2).join('')],
    ['the object of a private key', keys.privateKey],
    ['the object of another kind of key', ec],
    ['another kind of key', ec.export({ type: 'spki', format: 'pem' }).toString()],
    ['a number', 7],
  ])('is refused by name, and never repeated: %s', (_what, given) => {
    const refused = { code: 'invalid-input', field: 'publicKey' };
    let error: unknown;
    try {
      platformNotices({ publicKey: given as string });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject(refused);
    expect(String(error)).not.toMatch(/CANARY|MII/);
  });
});

/** Where each occurrence of a mark begins and ends. */
function placesOf(mark: string, text: string): readonly (readonly [number, number])[] {
  return Array.from(text.matchAll(new RegExp(mark, 'g')), ({ index }) => [
    index,
    index + mark.length,
  ]);
}

import { describe, expect, test } from 'vitest';
import type { RedactionRule } from '../../src/dispute.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { TextRedactor } from '../../src/evidence/redaction-rules.ts';
import { redact } from '../../src/evidence/redaction.ts';
import { aDispute, bytesOf, moduleVersion, packed, secrets } from './support.ts';

const every: readonly RedactionRule[] = ['reason', 'actor', 'card', 'phone'];

describe('a package with withheld parts', () => {
  test('verifies, and lists the withheld parts and the rules', async () => {
    const files = await packed(await aDispute(), ['reason']);
    const verification = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(verification.faults).toEqual([]);
    expect(verification.withheld).toContainEqual({ revision: 2, parts: ['data', 'metadata'] });
    const manifest: unknown = JSON.parse(files.get('manifest.json') ?? '');
    expect(manifest).toMatchObject({
      redaction: { rules: ['reason'], withheld: verification.withheld, guessable: [] },
    });
  });

  test.each([
    ['reason', [secrets.reason, secrets.phone, secrets.card]],
    ['actor', [secrets.customer, secrets.clerk]],
    ['card', [secrets.card]],
    ['phone', [secrets.phone]],
  ] as const)('holds nothing that the rule %s withholds', async (rule, hidden) => {
    const events = await aDispute();
    const everything = (files: ReadonlyMap<string, string>) => [...files.values()].join('\n');
    const [open, withheld] = [await packed(events), await packed(events, [rule])];
    for (const secret of hidden) {
      expect(everything(open)).toContain(secret);
      expect(everything(withheld)).not.toContain(secret);
      expect(everything(withheld)).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  test('holds no salt of withheld data, and nothing against which a guess could be checked', async () => {
    const events = await aDispute();
    const { events: shown } = redact(events, new Set(every));
    const text = JSON.stringify(shown);
    for (const [index, event] of events.entries()) {
      const { salt, $correlationId, commandDigest, commandId } = event.metadata;
      const { withheld = [] } = shown[index] ?? {};
      if (withheld.includes('data')) expect(text).not.toContain(salt);
      if (!withheld.includes('metadata')) continue;
      expect(text).not.toContain($correlationId);
      if (commandDigest !== undefined) expect(text).not.toContain(commandDigest);
      if (commandId !== undefined) expect(text).not.toContain(commandId);
    }
    // The digest of the cancel's command covers its reason without a salt.
    expect(events[2]?.metadata['commandDigest']).toMatch(/^[0-9a-f]{64}$/);
    expect(shown[2]?.metadata).not.toHaveProperty('commandDigest');
  });

  test('lists the events whose withheld metadata may be guessed', async () => {
    const events = await aDispute();
    const chosen = events.map((event) => ({
      ...event,
      metadata: { ...event.metadata, $correlationId: `order-${event.revision}` },
    }));
    expect(redact(chosen, new Set(['actor'])).guessable).toEqual([2, 4, 7]);
    expect(redact(events, new Set(['actor'])).guessable).toEqual([]);
  });

  test('proves an original later, and nothing else', async () => {
    const events = await aDispute();
    const files = bytesOf(await packed(events, every));
    const proof = async (changed: readonly object[]) => {
      const originals = changed.map((event) => `${JSON.stringify(event)}\n`).join('');
      return verifyBundle(files, { moduleVersion, originals });
    };
    const [, , third] = events;
    if (third === undefined) throw new Error('the cancel is the third');
    expect(await proof([third])).toMatchObject({ ok: true, proven: [2] });
    const forged = { ...third, data: { reason: 'another' } };
    expect(await proof([forged])).toMatchObject({
      ok: false,
      proven: [],
      faults: [{ code: 'not-the-original', revision: 2 }],
    });
    const resalted = { ...third, metadata: { ...third.metadata, salt: '0'.repeat(32) } };
    expect(await proof([resalted])).toMatchObject({ ok: false, proven: [] });
  });

  test('replays to the same states', async () => {
    const events = await aDispute();
    const statesIn = (files: ReadonlyMap<string, string>) => {
      const { steps, derived } = JSON.parse(files.get('replay.json') ?? '') as {
        readonly steps: readonly { readonly to: string }[];
        readonly derived: { readonly divergence: unknown; readonly fault: unknown };
      };
      expect(derived).toMatchObject({ divergence: null, fault: null });
      return steps.map(({ to }) => to);
    };
    expect(statesIn(await packed(events, every))).toEqual(statesIn(await packed(events)));
  });
});

describe('the redaction of a text', () => {
  const shown = (rule: RedactionRule, text: string, field = 'note') =>
    new TextRedactor(new Set([rule])).redacted(field, text);

  test.each(['4111111111111111', '4111-1111-1111-1111', '４１１１１１１１１１１１１１１１'])(
    'withholds the card number %s, but not the words around it',
    (number) => {
      expect(shown('card', `paid with ${number} today`)).toBe('paid with [withheld-1] today');
    },
  );

  test.each(['13800138000', '+86 138-0013-8000', '138 0013 8000', '+442071838750'])(
    'withholds the phone number %s',
    (number) => {
      expect(shown('phone', `电话${number}。`)).toBe('电话[withheld-1]。');
    },
  );

  test('keeps other numbers, digests and order numbers', () => {
    for (const text of [
      '12345',
      '4111111111111112',
      '2026-11-24T10:02:03.004Z',
      '42000023451234567890',
    ]) {
      expect(shown('card', text)).toBe(text);
      expect(shown('phone', text)).toBe(text);
    }
    expect(shown('phone', 'O13800138000', 'orderNo')).toBe('O13800138000');
    expect(shown('card', '4111111111111111', 'requestSha256')).toBe('4111111111111111');
  });

  test.each([
    ['message', 512],
    ['evidence', 2_048],
  ])('withholds the whole %s where a marker would make it too long', (field, charactersMax) => {
    const text = '13800138000'.padStart(charactersMax, '，');
    expect(shown('phone', text, field)).toBe('[withheld-2]');
    expect(shown('phone', text.slice(1), field)).toMatch(/，\[withheld-1\]$/);
  });

  test('replaces an identifier as a whole, by a marker that is a valid identifier', () => {
    expect(shown('phone', 'u:13800138000', 'factId')).toBe('withheld-1');
  });

  test('takes a text for a digest only where it is one', () => {
    const digest = `sha256:${'13800138000'.repeat(6).slice(0, 64)}`;
    expect(shown('phone', digest, 'factId')).toBe(digest);
    expect(shown('phone', 'sha256: 13800138000', 'message')).toBe('sha256: [withheld-1]');
  });

  test('uses the same marker for the same text', () => {
    const redactor = new TextRedactor(new Set());
    expect(['a', 'b', 'a'].map((text) => redactor.marker(text))).toEqual([
      'withheld-1',
      'withheld-2',
      'withheld-1',
    ]);
  });
});

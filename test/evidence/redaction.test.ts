import { describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { redactionRules } from '../../src/evidence/redaction-rules.ts';
import { redact } from '../../src/evidence/redaction.ts';
import { digest } from '../../src/history/chain.ts';
import { digestNames } from '../../src/history/sealed-names.ts';
import { withheldNames } from '../../src/history/withheld.ts';
import { always, order, orderNo, world } from '../payment-orders/world.ts';
import { fromFormat1, without } from './histories.ts';
import { aRealOrder, textsOf } from './real-order.ts';
import { aDispute, bytesOf, manifestIn, moduleVersion, packed, secrets } from './support.ts';

const every = new Set(redactionRules);
const everything = (files: ReadonlyMap<string, string>) => [...files.values()].join('\n');

const formats: readonly (readonly [string, (events: readonly DisputeEvent[]) => typeof events])[] =
  [
    ['format 2', (events) => events],
    ['format 1', (events) => fromFormat1(events, events.length)],
  ];

describe.each(formats)('a package of events of %s', (_, inFormat) => {
  test.each([
    ['reason', [secrets.reason, secrets.phone, secrets.card]],
    ['actor', [secrets.customer, secrets.clerk]],
    ['card', [secrets.card]],
    ['phone', [secrets.phone]],
  ] as const)('holds nothing that the rule %s withholds', async (rule, hidden) => {
    const events = inFormat(await aDispute());
    const [open, withheld] = [await packed(events), await packed(events, [rule])];
    for (const secret of hidden) {
      expect(everything(open)).toContain(secret);
      expect(everything(withheld)).not.toContain(secret);
      expect(everything(withheld)).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  test('verifies, and lists the names of what is withheld, and the rules', async () => {
    const files = await packed(inFormat(await aDispute()), ['reason']);
    const verification = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(verification).toMatchObject({ faults: [], standing: 'proven-but-withheld' });
    const { withheld } = verification;
    expect(withheld.map(({ revision }) => revision)).toContain(2);
    const { redaction } = manifestIn(files);
    expect(redaction).toEqual({ rules: ['reason'], withheld, guessable: [] });
  });

  test('holds no digest that covers values, once anything is withheld', async () => {
    const events = inFormat(await aRealOrder());
    const digests = events.flatMap(({ data, metadata }) =>
      Object.entries({ ...data, ...metadata }).flatMap(([name, value]) =>
        digestNames.has(name) ? [String(value)] : [],
      ),
    );
    expect(new Set(digests).size).toBeGreaterThan(8);
    const { events: shown } = redact(events, new Set(['phone']));
    for (const digest of digests) expect(JSON.stringify(shown)).not.toContain(digest);
    const ownIds = events.filter(({ data }) => String(data['factId']).startsWith('sha256:'));
    expect(ownIds.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown)).not.toContain('"sha256:');
  });

  test('is the same as without rules where nothing matches them', async () => {
    const events = inFormat(await aRealOrder());
    expect(redact(events, new Set(['card']))).toEqual({ events, guessable: [] });
    expect(redact(events, new Set())).toEqual({ events, guessable: [] });
  });

  test('proves an original later, and nothing else', async () => {
    const events = inFormat(await aDispute());
    const files = bytesOf(await packed(events, redactionRules));
    const proof = async (changed: readonly object[]) => {
      const originals = changed.map((event) => `${JSON.stringify(event)}\n`).join('');
      return verifyBundle(files, { moduleVersion, originals });
    };
    const [, , third, , fifth] = events;
    if (third === undefined || fifth === undefined) throw new Error('there are eight events');
    expect(await proof([third, fifth])).toMatchObject({ ok: true, proven: [2, 4] });
    expect(await proof([{ ...third, position: '7' }])).toMatchObject({ ok: true, proven: [2] });
    const { metadata } = third;
    for (const other of [
      { ...third, data: { ...third.data, reason: 'another' } },
      { ...third, data: {} },
      { ...third, metadata: { ...metadata, salt: '0'.repeat(32) } },
      { ...third, metadata: without(metadata, 'salt') },
      { ...third, metadata: { ...metadata, actor: { kind: 'customer', id: 'another' } } },
      { ...third, revision: 4 },
      { ...fifth, revision: 2 },
      { ...third, metadata: { ...metadata, prevHash: '0'.repeat(64) } },
    ]) {
      const { ok, proven, faults } = await proof([other]);
      expect({ ok, proven }).toEqual({ ok: false, proven: [] });
      expect(faults).toEqual([expect.objectContaining({ code: 'not-the-original' })]);
    }
    const twice = JSON.stringify(third).replace('{"stream"', '{"id":"another","stream"');
    const { faults } = await verifyBundle(files, { moduleVersion, originals: twice });
    expect(faults).toEqual([expect.objectContaining({ file: 'originals', code: 'invalid-event' })]);
  });

  test('may be redacted once more, and withholds what both rules withhold', async () => {
    const events = inFormat(await aRealOrder());
    const { events: once } = redact(events, new Set(['reason']));
    const files = await packed(once, ['phone', 'actor']);
    const { faults, withheld } = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(faults).toEqual([]);
    const both = redact(events, new Set(['reason', 'phone', 'actor'])).events;
    const names = both.map((event) => withheldNames(event).toSorted());
    expect(withheld.map((event) => event.names.toSorted())).toEqual(
      names.filter((ofEvent) => ofEvent.length > 0),
    );
  });
});

describe('an event of format 2', () => {
  test('shows all that is not withheld as it was stored, with its salts, and nothing in place of the rest', async () => {
    const events = await aRealOrder();
    const { events: shown, guessable } = redact(events, every);
    expect(guessable).toEqual([]);
    for (const [index, { data, metadata, withheld, ...covered }] of shown.entries()) {
      const stored = events[index];
      expect(stored).toMatchObject({ ...covered, data, metadata });
      for (const part of ['data', 'metadata'] as const) {
        const { salts } = stored?.metadata as { readonly salts: Record<string, object> };
        const names = Object.keys(withheld?.[part] ?? {});
        const kept = Object.keys((metadata['salts'] as typeof salts)[part] ?? {});
        expect([...names, ...kept].toSorted()).toEqual(Object.keys(salts[part] ?? {}).toSorted());
        const left = Object.keys(part === 'data' ? data : metadata);
        expect(left.filter((name) => names.includes(name))).toEqual([]);
      }
    }
    expect(shown.flatMap(withheldNames)).toContain('metadata.actor.id');
  });

  test('keeps the ids of gateway and timer, which are not persons', async () => {
    const { events: shown } = redact(await aRealOrder(), every);
    const actors = shown.map(({ metadata }) => metadata['actor']);
    expect(actors).toContainEqual({ kind: 'customer' });
    expect(actors).toContainEqual(
      expect.objectContaining({ kind: 'gateway', id: expect.any(String) as string }),
    );
  });

  test('withholds the id of a person who calls himself gateway or timer', async () => {
    for (const kind of ['gateway', 'timer']) {
      const { orders, store } = await world(always('confirmed'));
      await orders.create({ ...order, actor: { kind, id: secrets.phone } });
      const events = await Array.fromAsync(store.read(`paymentOrder-${orderNo}`));
      for (const stored of [events, fromFormat1(events, 1)]) {
        const { events: shown } = redact(stored, new Set(['phone']));
        expect(JSON.stringify(shown)).not.toContain(secrets.phone);
      }
    }
  });

  test('is refused where a rule matches what has no salt of its own', async () => {
    const [created, ...others] = await aDispute();
    if (created === undefined) throw new Error('there are events');
    for (const [name, memo] of [
      ['data.memo', secrets.phone],
      ['data.memo', ['', [secrets.phone]]],
      ['data.memo.text', [{ text: secrets.phone }]],
    ] as const) {
      const foreign = { ...created, data: { ...created.data, memo } };
      const problem = `revision 0 was stored with ${name} unsealed`;
      expect(() => redact([foreign, ...others], every)).toThrow(
        expect.objectContaining({
          ...{ code: 'invalid-input', field: 'redact' },
          message: expect.stringContaining(problem) as string,
        }) as Error,
      );
    }
  });
});

describe('metadata of format 1', () => {
  const chosen = (events: readonly DisputeEvent[]) =>
    events.map(({ metadata, ...event }) => ({
      ...event,
      metadata: { ...metadata, $correlationId: `order-${event.revision}` },
    }));

  test('is listed as guessable where no random correlation id protects it', async () => {
    const events = await aDispute();
    const old = fromFormat1(chosen(events), events.length);
    expect(redact(old, new Set(['actor'])).guessable).toEqual([2, 4, 7]);
    expect(redact(fromFormat1(events, events.length), new Set(['actor'])).guessable).toEqual([]);
  });

  test('is withheld with every event of format 1 that shows the same correlation id', async () => {
    const events = await aRealOrder();
    const { events: shown } = redact(fromFormat1(events, events.length), new Set(['actor']));
    for (const [index, event] of shown.entries()) {
      if (withheldNames(event).includes('metadata')) {
        const id = events[index]?.metadata['$correlationId'];
        expect(JSON.stringify(shown)).not.toContain(id);
      }
    }
  });

  test('is listed as guessable where an event of format 2 shows its correlation id', async () => {
    const events = await aRealOrder();
    const cancel = events.findIndex(({ type }) => type === 'CancelRequested');
    // The outcome has the correlation id of its cancel.
    const { guessable } = redact(fromFormat1(events, cancel + 1), new Set(['actor']));
    expect(guessable).toContain(cancel);
  });
});

describe('a guess at a withheld phone number', () => {
  test('gives the same package but for digests, salts and ids, so nothing in it tells which it is', async () => {
    // Every salt is drawn alike, so the two histories differ by the numbers alone.
    const [one, other] = await Promise.all(
      ['13800130042', '13912345678'].map(async (phone) => {
        const { events } = redact(await aRealOrder(phone), new Set(['reason', 'actor', 'phone']));
        for (const text of Object.values(textsOf(phone))) {
          expect(JSON.stringify(events)).not.toContain(text);
        }
        return events.map((event) => JSON.stringify(event).replace(/[0-9a-f]{64}/g, '#'));
      }),
    );
    expect(one).toEqual(other);
  });

  test('is confirmed by no digest over it with any salt that is shown', async () => {
    const phone = '13800130042';
    const { events } = redact(await aRealOrder(phone), every);
    const text = JSON.stringify(events);
    const salts = text.match(/(?<=")[0-9a-f]{32}(?=")/g) ?? [];
    expect(salts.length).toBeGreaterThan(20);
    const shown = new Set(text.match(/[0-9a-f]{64}/g));
    for (const value of Object.values(textsOf(phone))) {
      for (const salt of [...salts, '']) {
        for (const guess of [{ salt, value }, { salt, data: { reason: value } }, value]) {
          expect(shown.has(digest(guess))).toBe(false);
        }
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainFaults, chainLink, chainStart, digest } from '../../src/history/chain.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import {
  asFormat1,
  counting,
  event,
  linked,
  saltOf,
  sealOf,
  sha256,
  withField,
  without,
} from './chain-events.ts';

describe('the hash chain', () => {
  test('hashes an event as documented, so that anybody can recompute it', () => {
    const link = chainLink(event, counting, chainStart);
    const dataHash = sha256(
      `{"data":{"attemptDeadlineMs":30000},"salt":"${saltOf(0)}",` +
        `"sealed":{"reason":"${sealOf(1, '临时')}"}}`,
    );
    const metadataHash = sha256(
      '{"metadata":{"actor":{"kind":"customer"},"from":"created","machine":{"hash":"' +
        `${'0'.repeat(64)}","version":"1"},"recordedAt":"2026-11-23T02:02:03.004Z",` +
        `"schemaVersion":1,"to":"paying"},"salt":"${saltOf(0)}","sealed":{` +
        `"$correlationId":"${sealOf(2, 'c')}","actor.id":"${sealOf(3, 'u-7')}",` +
        `"source":"${sealOf(4, 'shop')}"}}`,
    );
    const hash = sha256(
      `{"dataHash":"${dataHash}","format":2,"id":"${event.id}","metadataHash":"${metadataHash}",` +
        `"prevHash":"${chainStart}","revision":1,"stream":"paymentOrder-O1",` +
        '"type":"CancelRequested"}',
    );
    expect(link).toEqual({
      format: 2,
      salt: saltOf(0),
      salts: {
        data: { reason: saltOf(1) },
        metadata: { $correlationId: saltOf(2), 'actor.id': saltOf(3), source: saltOf(4) },
      },
      ...{ dataHash, metadataHash, prevHash: chainStart, hash },
    });
    expect(chainStart).toBe('0'.repeat(64));
  });

  test('links by the canonical digest of the link, for any stream, id and type', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, fc.nat(), (stream, id, type, revision) => {
        const named = { stream, revision, id, type };
        const link = chainLink({ ...event, ...named }, counting, chainStart);
        const { dataHash, metadataHash, prevHash } = link;
        expect(link.hash).toBe(digest({ ...named, format: 2, prevHash, dataHash, metadataHash }));
      }),
    );
  });

  test('draws a salt of its own for each sealed value', () => {
    const { salt, salts } = chainLink(event, counting, chainStart);
    const drawn = [salt, ...Object.values({ ...salts.data, ...salts.metadata })];
    expect(new Set(drawn).size).toBe(5);
    expect(drawn.every((one) => one.length === 32)).toBe(true);
  });

  test('names a link that strangers could not compute', () => {
    const odd = linked({ ...event, id: '\ud800' });
    expect(chainFaults(odd, chainStart)).toEqual(['link-altered']);
  });

  test('gives the same digest for keys in any order', () => {
    expect(digest({ a: 1, b: { c: 2, d: 3 } })).toBe(digest({ b: { d: 3, c: 2 }, a: 1 }));
  });

  test('refuses a digest of values that are not JSON', () => {
    expect(() => digest(undefined)).toThrow(new TypeError('only JSON values have a digest'));
  });

  test('gives different data different digests', () => {
    const values = fc.tuple(fc.jsonValue(), fc.jsonValue());
    fc.assert(
      fc.property(values, ([one, other]) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        if (!isSame && digest(one) === digest(other)) {
          // Only the order of keys may differ.
          expect(one).toEqual(other);
        }
        expect(digest(JSON.parse(JSON.stringify(one)))).toBe(digest(one));
      }),
    );
  });
});

describe.each([
  ['1', (given?: Omit<FoundEvent, 'withheld'>) => asFormat1(linked(given))],
  ['2', linked],
] as const)('an event of format %s', (format, made) => {
  const stored = made();
  const withMetadata = (changed: object) => ({
    ...stored,
    metadata: { ...stored.metadata, ...changed },
  });

  test('verifies', () => {
    expect(chainFaults(stored, chainStart)).toEqual([]);
  });

  test('names every change', () => {
    const { data } = stored;
    for (const changed of [{}, { ...data, reason: 'x' }, { ...data, attemptDeadlineMs: 3 }]) {
      expect(chainFaults({ ...stored, data: changed }, chainStart)).toEqual(['data-altered']);
    }
    for (const changed of [{ to: 'paid' }, { source: 'x' }, { actor: { kind: 'customer' } }]) {
      expect(chainFaults(withMetadata(changed), chainStart)).toEqual(['metadata-altered']);
    }
    for (const changed of [{ revision: 2 }, { stream: 'paymentOrder-O2' }, { type: 'X' }]) {
      expect(chainFaults({ ...stored, ...changed }, chainStart)).toEqual(['link-altered']);
    }
    expect(chainFaults(stored, 'f'.repeat(64))).toEqual(['chain-broken']);
    const relinked = withMetadata({ prevHash: 'f'.repeat(64) });
    expect(chainFaults(relinked, 'f'.repeat(64))).toEqual(['link-altered']);
  });

  test('finds text altered that has no canonical form', () => {
    const odd = { ...stored, data: { ...stored.data, reason: '\ud800' } };
    expect(chainFaults(odd, chainStart)).toEqual(['data-altered']);
  });

  test('covers a field of any name, also one that would set a prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toJSON', 'salt', 'actor.id', '']) {
      const field = JSON.parse(`{${JSON.stringify(name)}:"shown"}`) as object;
      const more = { ...stored, data: withField(stored.data, field) };
      expect(chainFaults(more, chainStart), name).toEqual(['data-altered']);
      if (name === 'salt') continue;
      const other = { ...stored, metadata: withField(stored.metadata, field) };
      expect(chainFaults(other, chainStart), name).toEqual(['metadata-altered']);
    }
  });

  test('is never taken for one of the other format', () => {
    const rest = without(without(stored.metadata, 'format'), 'salts');
    const others = format === '1' ? { format: 2, salts: { data: {}, metadata: {} } } : {};
    const shown = { ...stored, metadata: { ...rest, ...others } };
    expect(chainFaults(shown, chainStart)).toContain('link-altered');
  });

  test('is not verified as a format that nobody knows', () => {
    expect(chainFaults(withMetadata({ format: 3 }), chainStart)).not.toEqual([]);
  });
});

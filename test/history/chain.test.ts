import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chainFaults, chainLink, chainStart, digest } from '../../src/history/chain.ts';

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const salt = 'ab'.repeat(16);
const metadata = {
  ...{ recordedAt: '2026-11-23T02:02:03.004Z', source: 'command', $correlationId: 'c' },
  ...{ from: 'created', to: 'paying', schemaVersion: 1 },
  machine: { version: '1', hash: '0'.repeat(64) },
};
const event = {
  ...{ stream: 'paymentOrder-O1', revision: 1, id: 'b1d1c9d5-0c0f-4c62-9a3c-2f0f4f7a1a11' },
  ...{ type: 'PaymentStarted', data: { reason: '临时' }, metadata },
};

describe('the hash chain', () => {
  test('hashes an event as documented, so that anybody can recompute it', () => {
    const link = chainLink(event, salt, chainStart);
    const dataHash = sha256(`{"data":{"reason":"临时"},"salt":"${salt}"}`);
    const metadataHash = sha256(
      '{"$correlationId":"c","from":"created","machine":{"hash":"' +
        `${'0'.repeat(64)}","version":"1"},"recordedAt":"2026-11-23T02:02:03.004Z",` +
        '"schemaVersion":1,"source":"command","to":"paying"}',
    );
    const hash = sha256(
      `{"dataHash":"${dataHash}","id":"${event.id}","metadataHash":"${metadataHash}",` +
        `"prevHash":"${chainStart}","revision":1,"stream":"paymentOrder-O1","type":"PaymentStarted"}`,
    );
    expect(link).toEqual({ salt, dataHash, metadataHash, prevHash: chainStart, hash });
    expect(chainStart).toBe('0'.repeat(64));
  });

  test('links by the canonical digest of the link, for any stream, id and type', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, fc.nat(), (stream, id, type, revision) => {
        const named = { stream, revision, id, type };
        const link = chainLink({ ...event, ...named }, salt, chainStart);
        const { dataHash, metadataHash, prevHash } = link;
        expect(link.hash).toBe(digest({ ...named, prevHash, dataHash, metadataHash }));
      }),
    );
  });

  test('gives the same digest for keys in any order', () => {
    expect(digest({ a: 1, b: { c: 2, d: 3 } })).toBe(digest({ b: { d: 3, c: 2 }, a: 1 }));
  });

  test('names every change of an event', () => {
    const stored = { ...event, metadata: { ...metadata, ...chainLink(event, salt, chainStart) } };
    const withMetadata = (changed: object) => ({
      ...stored,
      metadata: { ...stored.metadata, ...changed },
    });
    expect(chainFaults(stored, chainStart)).toEqual([]);
    expect(chainFaults({ ...stored, data: {} }, chainStart)).toEqual(['data-altered']);
    expect(chainFaults(withMetadata({ to: 'paid' }), chainStart)).toEqual(['metadata-altered']);
    for (const changed of [{ revision: 2 }, { stream: 'paymentOrder-O2' }, { type: 'X' }]) {
      expect(chainFaults({ ...stored, ...changed }, chainStart)).toEqual(['link-altered']);
    }
    expect(chainFaults(stored, 'f'.repeat(64))).toEqual(['chain-broken']);
    const relinked = withMetadata({ prevHash: 'f'.repeat(64) });
    expect(chainFaults(relinked, 'f'.repeat(64))).toEqual(['link-altered']);
    expect(chainFaults(withMetadata({ salt: 'cd'.repeat(16) }), chainStart)).toEqual([
      'data-altered',
    ]);
  });

  test('skips withheld parts of an event, and no others', () => {
    const link = chainLink(event, salt, chainStart);
    const stored = { ...event, metadata: { ...metadata, ...link } };
    const without = { ...stored, data: {}, metadata: link };
    expect(chainFaults(without, chainStart)).toEqual(['data-altered', 'metadata-altered']);
    expect(chainFaults({ ...without, withheld: ['data'] }, chainStart)).toEqual([
      'metadata-altered',
    ]);
    expect(chainFaults({ ...without, withheld: ['metadata'] }, chainStart)).toEqual([
      'data-altered',
    ]);
    expect(chainFaults({ ...without, withheld: ['data', 'metadata'] }, chainStart)).toEqual([]);
  });

  test('refuses a digest of values that are not JSON, and finds text altered that has no canonical form', () => {
    expect(() => digest(undefined)).toThrow(new TypeError('only JSON values have a digest'));
    const stored = { ...event, metadata: { ...metadata, ...chainLink(event, salt, chainStart) } };
    const odd = { ...stored, data: { reason: '\ud800' } };
    expect(chainFaults(odd, chainStart)).toEqual(['data-altered']);
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

import { describe, expect, test } from 'vitest';
import { chainFaults, chainLink, chainStart } from '../../src/history/chain.ts';
import {
  asFormat1,
  counting,
  event,
  linked,
  saltOf,
  sealOf,
  withField,
  without,
} from './chain-events.ts';

describe('an event of format 2', () => {
  const stored = linked();
  const { data, metadata: shown } = stored;
  /** As `linked` drew them. */
  const seals = {
    data: { reason: sealOf(1, '临时') },
    metadata: { 'actor.id': sealOf(3, 'u-7') },
  };
  const link = chainLink(event, counting, chainStart);
  const withheld = {
    ...stored,
    data: { attemptDeadlineMs: 30_000 },
    metadata: {
      ...{ ...shown, actor: { kind: 'customer' } },
      salts: {
        metadata: {
          source: link.salts.metadata?.['source'],
          $correlationId: link.salts.metadata?.['$correlationId'],
        },
      },
    },
    withheld: seals,
  };

  test('verifies without the values that are withheld', () => {
    expect(chainFaults(withheld, chainStart)).toEqual([]);
  });

  test('proves every other value', () => {
    const altered = { ...withheld, data: { attemptDeadlineMs: 30_001 } };
    expect(chainFaults(altered, chainStart)).toEqual(['data-altered']);
    const renamed = {
      ...withheld,
      metadata: { ...withheld.metadata, actor: { kind: 'operator' } },
    };
    expect(chainFaults(renamed, chainStart)).toEqual(['metadata-altered']);
  });

  test('names a value that is shown though it is withheld', () => {
    for (const reason of ['临时', 'another', null]) {
      const forged = { ...withheld, data: { ...data, reason } };
      expect(chainFaults(forged, chainStart)).toEqual(['shown-unproven']);
    }
    const forged = {
      ...withheld,
      metadata: { ...withheld.metadata, actor: { ...event.metadata.actor } },
    };
    expect(chainFaults(forged, chainStart)).toEqual(['shown-unproven']);
  });

  test('names a seal that is altered, exchanged, added or left out', () => {
    const { reason } = seals.data;
    for (const other of [
      { reason: sealOf(1, 'another') },
      { reason: seals.metadata['actor.id'] },
      { note: reason },
      { reason, note: reason },
      {},
      undefined,
      reason,
    ]) {
      const forged = { ...withheld, withheld: { ...seals, data: other } };
      expect(chainFaults(forged, chainStart), JSON.stringify(other)).toEqual(['data-altered']);
    }
  });

  test('names a seal and a value by the name that would set a prototype', () => {
    const named = JSON.parse('{"__proto__":"00"}') as Record<string, string>;
    const forged = { ...withheld, withheld: { ...seals, data: named } };
    expect(chainFaults(forged, chainStart)).toEqual(['data-altered']);
    const both = { ...seals, data: withField(seals.data, named) as Record<string, string> };
    expect(chainFaults({ ...withheld, withheld: both }, chainStart)).toEqual(['data-altered']);
    const sealed = {
      ...shown,
      salts: { ...link.salts, data: withField(link.salts.data ?? {}, named) },
    };
    const shownToo = { ...stored, data: withField(data, named), metadata: sealed };
    expect(chainFaults(shownToo, chainStart)).toEqual(['data-altered']);
  });

  test('names a sealed value that is shown as a field with a dot in its name', () => {
    const { actor, ...others } = shown;
    const moved = { ...others, actor: without(actor as typeof shown, 'id'), 'actor.id': 'u-7' };
    expect(chainFaults({ ...stored, metadata: moved }, chainStart)).toEqual(['metadata-altered']);
    const both = { ...shown, 'actor.id': 'u-7' };
    expect(chainFaults({ ...stored, metadata: both }, chainStart)).toEqual(['metadata-altered']);
  });

  test('names a salt beside what is withheld that has no value', () => {
    const { salts, ...rest } = withheld.metadata;
    const forged = {
      ...withheld,
      metadata: { ...rest, salts: { ...salts, data: { note: saltOf(5) } } },
    };
    expect(chainFaults(forged, chainStart)).toEqual(['data-altered']);
  });

  test('names a salt that is altered, added or left out', () => {
    const { salts } = link;
    for (const other of [
      { ...salts, data: { reason: saltOf(2) } },
      { ...salts, data: {} },
      { ...salts, data: { ...salts.data, note: saltOf(5) } },
      { ...salts, data: { reason: null } },
      { ...salts, data: null },
      { ...salts, data: withField(salts.data ?? {}, JSON.parse('{"__proto__":"00"}') as object) },
      { ...salts, more: 'a text that nothing covers' },
      { data: salts.data },
      null,
      undefined,
    ]) {
      const forged = { ...stored, metadata: { ...shown, salts: other } };
      expect(chainFaults(forged, chainStart), JSON.stringify(other)).not.toEqual([]);
    }
    const resalted = { ...stored, metadata: { ...shown, salt: saltOf(9) } };
    expect(chainFaults(resalted, chainStart)).toEqual(['data-altered', 'metadata-altered']);
  });

  test('gives one value to one name, whichever way the name leads to it', () => {
    const twice = { ...stored, metadata: { ...shown, 'actor.id': 'u-7' } };
    expect(chainFaults(twice, chainStart)).toEqual(['metadata-altered']);
    const moved = {
      ...stored,
      metadata: { ...shown, actor: { kind: 'customer' }, 'actor.id': 'u-8' },
    };
    expect(chainFaults(moved, chainStart)).toEqual(['metadata-altered']);
  });
});

describe('an event of format 1', () => {
  const stored = asFormat1(linked());
  const { salt, dataHash, metadataHash, prevHash, hash } = stored.metadata;
  const links = { dataHash, metadataHash, prevHash, hash };

  test('verifies without the parts that are withheld, and without no others', () => {
    const data = { ...stored, data: {}, metadata: without(stored.metadata, 'salt') };
    expect(chainFaults(data, chainStart)).toEqual(['data-altered']);
    expect(chainFaults({ ...data, withheld: { data: String(dataHash) } }, chainStart)).toEqual([]);
    const both = { data: String(dataHash), metadata: String(metadataHash) };
    expect(chainFaults({ ...data, metadata: links, withheld: both }, chainStart)).toEqual([]);
    const rest = { ...stored, metadata: { ...links, salt } };
    const seal = { metadata: String(metadataHash) };
    expect(chainFaults({ ...rest, withheld: seal }, chainStart)).toEqual([]);
  });

  test('names whatever a withheld part shows', () => {
    const withheld = { data: String(dataHash) };
    const bare = { ...stored, data: {}, metadata: without(stored.metadata, 'salt'), withheld };
    expect(chainFaults({ ...bare, data: stored.data }, chainStart)).toEqual(['shown-unproven']);
    expect(chainFaults({ ...bare, data: { amountMinor: 1 } }, chainStart)).toEqual([
      'shown-unproven',
    ]);
    expect(chainFaults({ ...bare, metadata: stored.metadata }, chainStart)).toEqual([
      'shown-unproven',
    ]);
    const metadataOnly = { ...stored, withheld: { metadata: String(metadataHash) } };
    expect(chainFaults(metadataOnly, chainStart)).toEqual(['shown-unproven']);
  });

  test('names a digest that is not the one of the part, and a seal of one value', () => {
    const bare = { ...stored, data: {}, metadata: without(stored.metadata, 'salt') };
    for (const data of ['0'.repeat(64), String(metadataHash), { reason: String(dataHash) }]) {
      expect(chainFaults({ ...bare, withheld: { data } }, chainStart)).toEqual(['data-altered']);
    }
  });
});

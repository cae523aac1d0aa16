import { beforeAll, describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { aHistory } from '../timeline/histories.ts';
import { fromFormat1, without } from './histories.ts';
import { aRealOrder } from './real-order.ts';
import { bytesOf, forged, moduleVersion, packed, withEvents, witnessOf } from './support.ts';

/** A payment of 1,000.00 CNY, of which somebody wants to show one of 0.01. */
const paid = aHistory([
  [
    'PaymentOrderCreated',
    { orderNo: 'O1', processBillNo: 'F1', amountMinor: 100_000, currency: 'CNY' },
    'created',
  ],
  ['PaymentSucceeded', { transactionNo: 'T1', amountMinor: 100_000, currency: 'CNY' }, 'paid'],
]);
const old = fromFormat1(paid, paid.length);
const fen = { transactionNo: 'T1', amountMinor: 1, currency: 'CNY' };

type Change = (event: DisputeEvent) => object;

/** A package made by the attacker's own program: all its files follow from the events it shows. */
async function shown(events: readonly DisputeEvent[], change: Change) {
  const forgery = events.map((event) =>
    event.type === 'PaymentSucceeded' ? { ...event, ...change(event) } : event,
  );
  const verification = await verifyBundle(bytesOf(await packed(forgery)), {
    moduleVersion,
    witness: witnessOf(events),
  });
  expect(verification.standing).toBe(verification.ok ? 'proven' : 'not-proven');
  return verification.faults.map(({ revision, code }) => `${String(revision)} ${code}`);
}

const hashOf = ({ metadata }: DisputeEvent, part: 'data' | 'metadata') =>
  String(metadata[`${part}Hash`]);

describe('a payment of 1,000.00 CNY that is shown as 0.01, under the true witness, is named', () => {
  test.each<[string, Change, string]>([
    ['as it is', () => ({ data: fen }), '1 data-altered'],
    [
      'as a copy of withheld data',
      (event) => ({ data: fen, withheld: { data: hashOf(event, 'data') } }),
      '1 shown-unproven',
    ],
    [
      'as a copy without its salt',
      (event) => ({
        ...{ data: fen, metadata: without(event.metadata, 'salt') },
        withheld: { data: hashOf(event, 'data') },
      }),
      '1 shown-unproven',
    ],
    [
      'with seals as in format 2',
      () => ({ data: fen, withheld: { data: { amountMinor: '0'.repeat(64) } } }),
      '1 data-altered',
    ],
    [
      'as an event of format 2',
      ({ metadata }) => ({
        data: fen,
        metadata: { ...metadata, format: 2, salts: { data: {}, metadata: {} } },
      }),
      '1 link-altered',
    ],
  ])('in format 1, %s', async (_, change, fault) => {
    expect(await shown(old, change)).toContain(fault);
  });

  test.each<[string, Change, string]>([
    ['as it is', () => ({ data: fen }), '1 data-altered'],
    [
      'as withheld data of format 1',
      (event) => ({ data: fen, withheld: { data: hashOf(event, 'data') } }),
      '1 data-altered',
    ],
    [
      'as a withheld amount',
      () => ({ data: fen, withheld: { data: { amountMinor: '0'.repeat(64) } } }),
      '1 shown-unproven',
    ],
    [
      'with a seal of its own',
      ({ data, metadata }) => {
        const { amountMinor, ...others } = data;
        expect(amountMinor).toBe(100_000);
        return { data: others, metadata, withheld: { data: { amountMinor: '0'.repeat(64) } } };
      },
      '1 data-altered',
    ],
    [
      'as an event of format 1',
      ({ metadata }) => ({ data: fen, metadata: without(without(metadata, 'format'), 'salts') }),
      '1 link-altered',
    ],
  ])('in format 2, %s', async (_, change, fault) => {
    expect(await shown(paid, change)).toContain(fault);
  });

  test('not where it is shown as it is stored', async () => {
    expect(await shown(paid, () => ({}))).toEqual([]);
    expect(await shown(old, () => ({}))).toEqual([]);
  });
});

describe('a package that withholds', () => {
  let events: readonly DisputeEvent[];
  let sound: ReadonlyMap<string, string>;
  let lines: readonly DisputeEvent[];
  beforeAll(async () => {
    events = await aRealOrder();
    sound = await packed(events, ['reason', 'actor', 'phone']);
    const text = (sound.get('events.ndjson') ?? '').trimEnd();
    // They are lines of our own package.
    lines = text.split('\n').map((line) => JSON.parse(line) as DisputeEvent);
  });

  const faultsOf = async (files: ReadonlyMap<string, string>) => {
    const expected = { moduleVersion, witness: witnessOf(events) };
    const { faults } = await verifyBundle(bytesOf(files), expected);
    return faults.filter(({ code }) => code !== 'not-derived').map(({ code }) => code);
  };
  const cancelAt = () => lines.findIndex(({ type }) => type === 'CancelRequested');
  const withCancel = (change: (event: DisputeEvent) => object) => {
    const cancel = lines[cancelAt()];
    if (cancel === undefined) throw new Error('it was cancelled');
    return withEvents(sound, lines.with(cancelAt(), { ...cancel, ...change(cancel) }));
  };

  test('is sound as it is', async () => {
    expect(await faultsOf(withEvents(sound, lines))).toEqual([]);
  });

  test('may not show another text in place of a withheld one', async () => {
    const files = withCancel(({ data }) => ({ data: { ...data, reason: 'nobody asked' } }));
    expect(await faultsOf(files)).toEqual(['shown-unproven']);
  });

  test('may not show it with a salt either', async () => {
    const files = withCancel(({ data, metadata }) => {
      const { data: ofData, metadata: ofMetadata } = metadata['salts'] as Record<string, object>;
      const salts = { data: { ...ofData, reason: '0'.repeat(32) }, metadata: ofMetadata };
      return { data: { ...data, reason: 'nobody asked' }, metadata: { ...metadata, salts } };
    });
    expect(await faultsOf(files)).not.toEqual([]);
  });

  test('may not withhold another text than the stored one', async () => {
    const files = withCancel(({ withheld }) => ({
      withheld: { ...withheld, data: { reason: '0'.repeat(64) } },
    }));
    expect(await faultsOf(files)).toEqual(['data-altered']);
  });

  test('may not say that it withholds less', async () => {
    const files = forged(sound, {}, ({ redaction }) => ({
      redaction: { ...redaction, withheld: redaction.withheld.slice(1) },
    }));
    expect(await faultsOf(files)).toEqual(['withheld-differs']);
  });
});

describe('a line of events', () => {
  test.each<[string, (line: string) => string]>([
    ['a name twice', (line) => line.replace('"amountMinor":100000', '"amountMinor":1,$&')],
    ['a number in another form', (line) => line.replace('100000', '1e5')],
    ['a text in another form', (line) => line.replace('"T1"', String.raw`"\u00541"`)],
    ['white space', (line) => line.replace('{', '{ ')],
    ['a carriage return', (line) => `${line}\r`],
    ['its position', (line) => line.replace('{', '{"position":"9",')],
    ['a field of its own', (line) => line.replace('{', '{"paid":"0.01",')],
    ['a prototype', (line) => line.replace('{', '{"__proto__":{"paid":"0.01"},')],
    ['a list of withheld parts', (line) => line.replace(/\}$/, ',"withheld":["data"]}')],
    [
      'a withheld name that vanishes',
      (line) => line.replace(/\}$/, `,"withheld":{"data":{"__proto__":"${'0'.repeat(64)}"}}}`),
    ],
  ])('that holds %s is named, even if every digest was computed again', async (_, change) => {
    const files = await packed(paid);
    const lines = (files.get('events.ndjson') ?? '').trimEnd().split('\n');
    const changed = lines.with(1, change(lines[1] ?? ''));
    expect(changed).not.toEqual(lines);
    const altered = forged(files, { 'events.ndjson': `${changed.join('\n')}\n` });

    const { faults } = await verifyBundle(bytesOf(altered), { moduleVersion: 'another' });

    expect(faults).toContainEqual(expect.objectContaining({ code: 'invalid-event', revision: 1 }));
  });

  test('that holds a prototype within its data is named too', async () => {
    const files = await packed(paid);
    const text = files.get('events.ndjson') ?? '';
    const at = text.lastIndexOf('"data":{') + '"data":{'.length;
    const altered = `${text.slice(0, at)}"__proto__":{"paid":"0.01"},${text.slice(at)}`;

    const { faults } = await verifyBundle(bytesOf(forged(files, { 'events.ndjson': altered })), {
      moduleVersion: 'another',
    });

    expect(faults).toEqual([expect.objectContaining({ code: 'data-altered', revision: 1 })]);
  });
});

describe('a package that names another version of the module', () => {
  test('says that nothing proves its report, and shows it in what is left unchecked', async () => {
    const ours = await packed(paid, [], { version: '0.1.0' });
    const theirs = forged(ours, { 'report.html': 'paid: 0.01 CNY', 'timeline.csv': '0.01' });
    const expected = { moduleVersion, witness: witnessOf(paid) };

    const verification = await verifyBundle(bytesOf(theirs), expected);

    expect(verification).toMatchObject({ ok: true, standing: 'proven', madeBy: '0.1.0' });
    expect(verification.unchecked).toEqual(
      [...ours.keys()].filter((name) => !/^(events|manifest|SHA)/.test(name)),
    );
  });
});

test('a deciding number that is withheld is not known, and what follows from it is not a fault', async () => {
  const card = '4111111111111111';
  const refund = { refundNo: card, currency: 'CNY' };
  const events = aHistory([
    [
      'PaymentOrderCreated',
      { orderNo: 'O1', processBillNo: 'F1', amountMinor: 100, currency: 'CNY' },
      'created',
    ],
    ['PaymentSucceeded', { transactionNo: 'T1', amountMinor: 100, currency: 'CNY' }, 'paid'],
    ['PaymentRefunded', { ...refund, factId: 'r-1', amountMinor: 10 }, 'paid'],
    ['PaymentRefunded', { ...refund, factId: 'r-2', amountMinor: 20 }, 'paid'],
    ['AnomalyAcknowledged', { number: 1, by: 'li.wei' }, 'paid'],
  ]);
  const [open, withheld] = await Promise.all([packed(events), packed(events, ['card'])]);
  for (const files of [open, withheld]) {
    const { faults } = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(faults).toEqual([]);
  }
  expect(open.get('anomalies.json')).toContain('contradicted');
  // The first refund alone is told from no other.
  expect(JSON.parse(withheld.get('anomalies.json') ?? '')).toEqual({
    ...{ anomalies: [], notKnownFrom: 3 },
  });
  expect(JSON.parse(withheld.get('replay.json') ?? '')).toMatchObject({
    derived: { events: 4, divergence: null, fault: null },
  });
});

import { describe, expect, test } from 'vitest';
import { Anonymiser } from '../../src/history/anonymise.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { goldenNames, readGolden } from './golden.ts';

const startMs = Date.parse('2020-01-01T00:00:00.000Z');
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;
const hash = /^[0-9a-f]{64}$/;
const identifier = /^x\d+$/;
const text = /^text \d+$/;

/** What a field becomes: what it was, something of this shape, or itself moved in time. */
const becomes: Readonly<Record<string, 'kept' | 'moved' | RegExp>> = {
  ...{ attempt: 'kept', rule: 'kept', durationMs: 'kept', httpStatus: 'kept', retryInMs: 'kept' },
  attemptDeadlineMs: 'kept',
  ...{ status: 'kept', conclusive: 'kept', attempts: 'kept', headRevision: 'kept' },
  ...{ amount: identifier, amountCurrency: identifier, payChannel: identifier },
  ...{
    insecureTransport: 'kept',
    isLastRecorded: 'kept',
    number: 'kept',
    resolution: 'kept',
    command: 'kept',
  },
  ...{ cause: 'kept', currency: 'kept', from: 'kept', to: 'kept', schemaVersion: 'kept' },
  ...{ machine: 'kept', amountMinor: /^\d+$/, sentAt: 'moved', timestamp: 'moved' },
  ...{ recordedAt: 'moved', occurredAt: 'moved' },
  ...{ noticeId: hash, vouchedBy: identifier, revision: 'kept', refundNo: identifier },
  ...{ message: text, reason: text, note: text, evidence: text, responseMsg: text },
  ...{ requestSha256: hash, answerSha256: hash, commandDigest: hash },
  ...{ dataHash: hash, metadataHash: hash, hash },
  ...{ $correlationId: uuid, $causationId: uuid, salt: /^[0-9a-f]{32}$/ },
  ...{ orderNo: identifier, processBillNo: identifier, transactionNo: identifier },
  ...{ factId: identifier, code: identifier, commandId: identifier, by: identifier },
  ...{ requestId: identifier, responseCode: identifier, nonce: identifier },
};

const millisecondsIn = (value: unknown) =>
  typeof value === 'number' ? value : Date.parse(String(value));

describe.each(goldenNames())('golden history %s, anonymised', (name) => {
  const { events } = readGolden(name);
  const hasRefunds = events.some(({ type }) => type === 'PaymentRefunded');
  const shiftMs = startMs - millisecondsIn(events[0]?.metadata['recordedAt']);
  /** Every field of every event, and what became of it. */
  const changes = () => {
    const anonymous = new Anonymiser(simulatedRuntime()).history(events);
    const pairs = events.flatMap(({ type, data, metadata }, index) => {
      const [newData, newMetadata] = [anonymous[index]?.data, anonymous[index]?.metadata];
      const fieldsOf = (was: object, is: object | undefined) =>
        Object.entries(was).map(([field, value]) => ({
          ...{ type, field, value: value as unknown, now: Reflect.get(is ?? {}, field) as unknown },
        }));
      return [...fieldsOf(data, newData), ...fieldsOf(metadata, newMetadata)];
    });
    return { anonymous, pairs };
  };

  test('keeps every field but the trace context, in hash format 2', () => {
    const { anonymous } = changes();
    const ofLink = new Set(['traceparent', 'format', 'salts']);
    const names = (history: typeof events) =>
      history.map(({ data, metadata }) => [
        Object.keys(data),
        Object.keys(metadata)
          .filter((field) => !ofLink.has(field))
          .toSorted(),
      ]);
    expect(anonymous.every(({ metadata }) => metadata['format'] === 2)).toBe(true);
    expect(names(anonymous)).toEqual(names(events));
    expect(JSON.stringify(anonymous)).not.toContain('traceparent');
  });

  test("keeps the fields of the order's course, shifts all times alike, and replaces every other field", () => {
    for (const { type, field, value, now } of changes().pairs) {
      const label = `${field} of ${type}`;
      const isOurCode = field === 'code' && type === 'CommandRejected';
      const rule = isOurCode ? 'kept' : becomes[field];
      // Their proportions are what the fold compares: see the test below.
      if (field === 'amountMinor' && hasRefunds) continue;
      if (['actor', 'source', 'prevHash', 'traceparent', 'gateway'].includes(field)) continue;
      if (['format', 'salts'].includes(field)) continue;
      if (rule === 'kept') expect(now, label).toEqual(value);
      else if (rule === 'moved') {
        expect(millisecondsIn(now) - millisecondsIn(value), label).toBe(shiftMs);
      } else {
        if (rule === undefined) throw new Error(`there is no rule for ${label}`);
        expect(String(now), label).toMatch(rule);
        expect(now, label).not.toEqual(value);
      }
    }
  });

  test('replaces the name and the account of a gateway, each by what it always becomes', () => {
    for (const { field, value, now } of changes().pairs) {
      if (field !== 'gateway') continue;
      // The schema of the event allows nothing else.
      const parts = Object.entries(value as Record<string, string>);
      const replaced = now as Readonly<Record<string, string>>;
      expect(Object.keys(replaced)).toEqual(parts.map(([part]) => part));
      for (const [part, was] of parts) {
        expect(replaced[part]).toMatch(identifier);
        expect(replaced[part]).not.toBe(was);
      }
    }
  });

  test("keeps the kind of an actor and the source of an event, and hides the actor's id", () => {
    for (const { field, value, now } of changes().pairs) {
      if (field === 'actor') {
        const { kind, id } = value as { kind: string; id: string };
        expect(now).toEqual({ kind, id: expect.stringMatching(identifier) as string });
        expect(now).not.toEqual({ kind, id });
      }
      if (field !== 'source') continue;
      const isOurs = ['command', 'fact', 'gateway', 'timer'].includes(String(value));
      if (isOurs) expect(now).toBe(value);
      else expect(now).toMatch(identifier);
    }
  });

  test('keeps different values different', () => {
    const { anonymous, pairs } = changes();
    for (const shape of [identifier, text, uuid]) {
      const replaced = pairs.filter(({ field }) => becomes[field] === shape);
      const before = new Set(replaced.map(({ value }) => value));
      expect(new Set(replaced.map(({ now }) => now)).size).toBe(before.size);
    }
    const salts = anonymous.map(({ metadata }) => metadata['salt']);
    expect(new Set(salts).size).toBe(events.length);
  });
});

const withRefunds = goldenNames().filter((name) =>
  readGolden(name).events.some(({ type }) => type === 'PaymentRefunded'),
);

test.each(withRefunds)(
  'multiplies all amounts of %s by one number, because money went back',
  (name) => {
    const { events } = readGolden(name);
    const anonymous = new Anonymiser(simulatedRuntime()).history(events);
    const amounts = (history: typeof events) =>
      history.map(({ data }) => Number(data['amountMinor']));
    const [before, after] = [amounts(events), amounts(anonymous)];
    const factors = before.flatMap((amount, index) =>
      amount > 0 ? [(after[index] ?? 0) / amount] : [],
    );
    expect(new Set(factors).size).toBe(1);
    expect(factors[0]).toBeGreaterThanOrEqual(2);
    expect(Number.isInteger(factors[0])).toBe(true);
  },
);

describe('the anonymiser', () => {
  test('keeps an empty history empty', () => {
    expect(new Anonymiser(simulatedRuntime()).history([])).toEqual([]);
  });

  test.each(['command', 'fact', 'gateway', 'timer'])('keeps the source %s', (source) => {
    const { events } = readGolden('payment');
    const renamed = events.map((event) => ({ ...event, metadata: { ...event.metadata, source } }));
    const [first] = new Anonymiser(simulatedRuntime()).history(renamed);
    expect(first?.metadata['source']).toBe(source);
  });

  test('keeps the order of times that lie longer before a history than stored times begin', () => {
    const { events } = readGolden('payment');
    const times = ['1970-01-02T00:00:00.000Z', '1970-01-01T00:00:00.000Z'];
    const early = events.map((event, index) => {
      const occurredAt = times[index] ?? event.metadata['recordedAt'] ?? null;
      return { ...event, metadata: { ...event.metadata, occurredAt } };
    });
    const [first, second] = new Anonymiser(simulatedRuntime()).history(early);
    expect(first?.metadata['occurredAt']).toBe('1970-01-02T00:00:00.000Z');
    expect(second?.metadata['occurredAt']).toBe('1970-01-01T00:00:00.000Z');
  });

  test('moves no time past the last one that can be stored', () => {
    const { events } = readGolden('payment');
    const [first] = new Anonymiser(simulatedRuntime()).history(
      events.map((event) => ({
        ...event,
        metadata: {
          ...event.metadata,
          recordedAt: '1970-01-01T00:00:00.000Z',
          occurredAt: '9999-12-31T23:59:59.999Z',
        },
      })),
    );
    expect(first?.metadata['occurredAt']).toBe('9999-12-31T23:59:59.999Z');
  });

  test('moves a time long before the history to 1970, never earlier', () => {
    const { events } = readGolden('payment');
    const early = events.map((event) => ({
      ...event,
      metadata: { ...event.metadata, occurredAt: '1970-01-02T00:00:00.000Z' },
    }));
    const [first] = new Anonymiser(simulatedRuntime()).history(early);
    expect(first?.metadata['occurredAt']).toBe('1970-01-01T00:00:00.000Z');
  });
});

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyHistories } from 'payment-order-machine';
import type { RecordedEvent } from 'payment-order-machine';
import { paymentOrderMachine } from 'payment-order-machine/machine';
import { changedMachine } from 'payment-order-machine/testing';
import { recordFixtures } from './fixtures.ts';

type History = readonly RecordedEvent[];

function fixturesIn(directory: string): readonly History[] {
  return readdirSync(directory)
    .toSorted()
    .map((file) => {
      // Written by `payment-order export --fixtures`; the gate parses each event.
      return JSON.parse(readFileSync(join(directory, file), 'utf8')) as History;
    });
}

const fixtures = join(import.meta.dirname, 'fixtures');
/** What version 1 of the machine recorded stays in the stores, so it stays here. */
const older = fixturesIn(join(fixtures, 'version-1'));
const recorded = fixturesIn(join(fixtures, 'version-2'));
const histories = [...older, ...recorded];

describe('the change gate', () => {
  test('passes the machine that this service uses', async () => {
    const {
      ok,
      histories: checks,
      stranded,
    } = await verifyHistories(paymentOrderMachine, histories);
    expect({ ok, stranded }).toEqual({ ok: true, stranded: [] });
    expect(checks).toHaveLength(7 + 8);
  });

  test.each([
    ['states.created.on.PaymentSucceeded', 'failed', 'PaymentSucceeded'],
    ['states.created.on.PaymentFailed', 'paying', 'PaymentFailed'],
    ['states.paying.on.CancelRequested', 'failed', 'CancelRequested'],
    ['states.cancelling.states.inDoubt.on.PaymentSucceeded', 'needsReview', 'PaymentSucceeded'],
    ['states.cancelled.on.PaymentSucceeded', 'failed', 'PaymentSucceeded'],
  ])('fails a machine in which %s leads to %s', async (place, target, type) => {
    const changed = changedMachine(paymentOrderMachine, (at) => {
      at(place).target = target;
    });
    const { ok, histories: checks } = await verifyHistories(changed, histories);
    expect(ok).toBe(false);
    const found = checks.flatMap(({ divergence }) => divergence ?? []);
    expect(found).toContainEqual(expect.objectContaining({ type, cause: 'other-target' }));
  });

  test('fails a machine that lacks the state of an open order', async () => {
    const changed = changedMachine(paymentOrderMachine, (at) => {
      delete at('states.cancelling.states')['backingOff'];
      at('states.cancelling.states.weighing.always.3').target = 'needsReview';
    });
    const { ok, stranded } = await verifyHistories(changed, histories);
    expect(ok).toBe(false);
    expect(stranded.map(({ state }) => state)).toEqual([
      'cancelling.backingOff',
      'cancelling.backingOff',
    ]);
  });
});

test('the fixtures equal what this service records, and name nobody', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'order-service-fixtures-'));
  try {
    await recordFixtures(directory);
    const path = (history: History) => history.map(({ type, metadata: { to } }) => ({ type, to }));
    expect(fixturesIn(directory).map(path)).toEqual(recorded.map(path));
    const text = JSON.stringify(recorded);
    const names = ['Early', 'Doubtful', 'Waiting', 'Late', 'Returned', 'u-7', 'secret'];
    expect(names.filter((name) => text.includes(name))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

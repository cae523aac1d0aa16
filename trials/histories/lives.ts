import fc from 'fast-check';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import type { AnomalyCode } from '../../machines/payment-order.facts.ts';
import type { RejectionCode } from '../../src/order/types.ts';
import { compact } from '../../src/compact.ts';
import type { ModelRunOptions } from '../../src/testing/model-run.ts';
import { lifeProperty } from '../../src/testing/model-run.ts';
import type { ModelWorld, StoredOrder } from '../../src/testing/model-world.ts';
import { troubles } from '../../src/testing/model-world.ts';

// Shorter than the kit's own: 20,000 short lives see more than 5,000 long ones.
const commandsMax = 20;

/** As records, so that a code that is added must be added here. */
const rejections: Record<RejectionCode, 0> = {
  'order-exists': 0,
  'already-started': 0,
  'already-cancelling': 0,
  'already-cancelled': 0,
  'already-paid': 0,
  'payment-failed': 0,
  'attempt-in-flight': 0,
  'cancel-in-doubt': 0,
  'no-open-cancel': 0,
  'not-in-doubt': 0,
  'no-open-anomaly': 0,
  'not-retractable': 0,
  'already-retracted': 0,
};
const anomalies: Record<AnomalyCode, 0> = {
  'amount-mismatch': 0,
  'double-payment': 0,
  'paid-after-cancel': 0,
  'paid-after-failure': 0,
  'cancelled-and-paid': 0,
  'cancel-unresolved': 0,
  contradicted: 0,
  'refund-mismatch': 0,
  'resolution-contradicted': 0,
};
const states = [
  'created',
  'paying',
  'paid',
  'cancelled',
  'failed',
  'cancelling.requesting',
  'cancelling.backingOff',
  'cancelling.inDoubt',
  'cancelling.needsReview',
];

/** How often each thing was seen that random lives must come across. */
export type Seen = Map<string, number>;

/** Too rare in short lives to be demanded of them. The simulation must see them. */
const rare: ReadonlySet<string> = new Set([
  'retraction in cancelling.backingOff',
  'anomaly resolution-contradicted',
]);

export const nothingSeen = (): Seen =>
  new Map(
    [
      ...states.map((state) => `state ${state}`),
      ...states.map((state) => `retraction in ${state}`),
      'an anomaly closed as retracted',
      'a cancel of a failed order',
      'a cancel settles back to failed',
      ...Object.keys(eventSchemas).map((type) => `event ${type}`),
      ...Object.keys(rejections).map((code) => `rejected ${code}`),
      ...Object.keys(anomalies).map((code) => `anomaly ${code}`),
      ...troubles.map((trouble) => `trouble ${trouble}`),
      'accepted',
      'duplicate',
      'command id reused',
    ]
      .filter((what) => !rare.has(what))
      .map((what) => [what, 0]),
  );

export type LivesFailure = { readonly repro: string; readonly what: string };

/** Tries `runs` lives; null, or the shortest life that breaks a promise. */
export async function tryLives(
  { runs, seed, path, replayPath }: ModelRunOptions,
  seen: Seen,
): Promise<LivesFailure | null> {
  const property = lifeProperty({ commandsMax, replayPath }, (world, stored) => {
    countInto(seen, world, stored);
  });
  const details = await fc.check(property, compact({ numRuns: runs, seed, path }));
  if (!details.failed) return null;
  const life = fc.stringify(details.counterexample);
  const [, replay = ''] = /replayPath="([^"]*)"/.exec(life) ?? [];
  const where = `--seed ${details.seed} --path ${details.counterexamplePath ?? ''}`;
  return {
    repro: `npm run histories -- ${where} --replay-path ${replay}`,
    what: `${String(details.errorInstance)} after ${life}`,
  };
}

function countInto(seen: Seen, world: ModelWorld, { events, folded }: StoredOrder): void {
  const count = (what: string, times = 1) => seen.set(what, (seen.get(what) ?? 0) + times);
  for (const { type, metadata } of events) {
    count(`event ${type}`);
    count(`state ${metadata.to}`);
    if (type === 'FactRetracted') count(`retraction in ${metadata.from ?? ''}`);
    const isCancel = type === 'CancelRequested';
    if (isCancel && metadata.from === 'failed') count('a cancel of a failed order');
    if (metadata.from === 'cancelling.requesting' && metadata.to === 'failed') {
      count('a cancel settles back to failed');
    }
  }
  for (const receipt of world.receipts) {
    count(receipt.kind === 'rejected' ? `rejected ${receipt.code}` : receipt.kind);
  }
  // The property allows no other error.
  count('command id reused', world.errors.length);
  for (const { code, retracted } of folded.known.anomalies) {
    count(`anomaly ${code}`);
    if (retracted) count('an anomaly closed as retracted');
  }
  for (const trouble of troubles) count(`trouble ${trouble}`, world.seen[trouble]);
}

import type { Anomaly } from '../../machines/payment-order.facts.ts';
import type { KnownStep } from '../history/recorded-steps.ts';

/** The anomalies that an event opened. Their numbers go up, so the new ones stand at the end. */
export function opened({ before, known }: KnownStep): readonly Anomaly[] {
  return known.anomalies.slice(before.anomalies.length);
}

/** The anomalies that a retraction closed: without what it took back, nothing contradicts. */
export function closedAsRetracted({ before, known }: KnownStep): readonly Anomaly[] {
  const earlier: readonly Retractable[] = before.anomalies;
  const now: readonly Retractable[] = known.anomalies;
  return now.filter(
    ({ retracted = false }, place) => retracted && earlier[place]?.retracted !== true,
  );
}

/** How an anomaly stands. One that was acknowledged stays so, whatever is retracted later. */
export function standingOf(anomaly: Retractable): 'open' | 'acknowledged' | 'retracted' {
  if (anomaly.acknowledged) return 'acknowledged';
  return anomaly.retracted === true ? 'retracted' : 'open';
}

type Retractable = Anomaly & { readonly retracted?: boolean };

import type { Anomaly } from '../../machines/payment-order.facts.ts';
import type { KnownStep } from '../history/recorded-steps.ts';

/**
 * The anomalies that an event opened; none where that is not known, because something is withheld.
 * Their numbers go up, so the new ones stand at the end.
 */
export function opened({ before, known, isCertain }: KnownStep): readonly Anomaly[] {
  if (!isCertain) return [];
  return known.anomalies.slice(before.anomalies.length);
}

/** The anomalies that a retraction closed: without what it took back, nothing contradicts. */
export function closedAsRetracted({ before, known, isCertain }: KnownStep): readonly Anomaly[] {
  if (!isCertain) return [];
  return known.anomalies.filter(
    ({ retracted }, place) => retracted && before.anomalies[place]?.retracted === false,
  );
}

/** How an anomaly stands. One that was acknowledged stays so, whatever is retracted later. */
export function standingOf(anomaly: Anomaly): 'open' | 'acknowledged' | 'retracted' {
  if (anomaly.acknowledged) return 'acknowledged';
  return anomaly.retracted ? 'retracted' : 'open';
}

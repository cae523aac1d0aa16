import { hasRole } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from '../history/event.ts';
import { closedAsRetracted, opened } from '../timeline/anomalies.ts';
import { readAlong } from '../timeline/retractions.ts';

/** Contradictions between facts, each with the events that opened and closed it. */
export function anomaliesOf(events: readonly FoundEvent[]): object {
  const anomalies = new Map<number, object>();
  for (const step of readAlong(events)) {
    const { event, before, known } = step;
    const { revision, type, metadata } = event;
    for (const { number, code } of opened(step)) {
      const openedBy = { revision, type, recordedAt: metadata['recordedAt'] };
      anomalies.set(number, { number, code, openedBy, acknowledged: null, retracted: null });
    }
    // An anomaly keeps its place, so its neighbour in time stands there too.
    const acknowledged = known.anomalies.filter(
      (anomaly, place) => anomaly.acknowledged && before.anomalies[place]?.acknowledged === false,
    );
    for (const { number } of acknowledged) {
      anomalies.set(number, { ...anomalies.get(number), acknowledged: decision(event) });
    }
    for (const { number } of closedAsRetracted(step)) {
      anomalies.set(number, { ...anomalies.get(number), retracted: decision(event) });
    }
  }
  return { anomalies: [...anomalies.values()] };
}

/** Operators' decisions, also those that a later one took back. */
export function decisionsOf(events: readonly FoundEvent[]): object {
  const decisions = [...readAlong(events)].filter(({ event }) =>
    hasRole(event.type, 'decidedByOperator'),
  );
  return {
    decisions: decisions.map(({ event, retractedBy }) => ({
      ...decision(event),
      retractedByRevision: retractedBy?.revision ?? null,
    })),
  };
}

function decision({ revision, type, data, metadata }: FoundEvent): object {
  const { recordedAt, actor = null, from = null, to } = metadata;
  const { revision: retracts, ...said } = data;
  const target = retracts === undefined ? {} : { retracts };
  return { revision, type, recordedAt, actor, from, to, ...target, ...said };
}

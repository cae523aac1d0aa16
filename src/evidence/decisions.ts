import { hasRole } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from '../history/event.ts';
import { withheldNames } from '../history/withheld.ts';
import { closedAsRetracted, opened } from '../timeline/anomalies.ts';
import { readAlong } from '../timeline/retractions.ts';

/** Contradictions between facts, each with the events that opened and closed it. */
export function anomaliesOf(events: readonly FoundEvent[]): object {
  const anomalies = new Map<number, object>();
  let notKnownFrom: number | null = null;
  for (const step of readAlong(events)) {
    const { event, before, known, isCertain } = step;
    if (!isCertain) {
      notKnownFrom = event.revision;
      break;
    }
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
  // From there on, a number that tells one payment from another is withheld, or all data of an event.
  return { anomalies: [...anomalies.values()], notKnownFrom };
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

function decision(event: FoundEvent): object {
  const { revision, type, data, metadata } = event;
  const names = withheldNames(event);
  const { recordedAt, actor = null, from = null, to } = metadata;
  const { revision: retracts, ...said } = data;
  const target = retracts === undefined ? {} : { retracts };
  const withheld = names.length === 0 ? {} : { withheld: names };
  return { revision, type, recordedAt, actor, from, to, ...target, ...said, ...withheld };
}

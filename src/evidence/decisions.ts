import { hasRole } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from '../history/event.ts';
import { knownAlong } from '../history/recorded-steps.ts';

/** Contradictions between facts, each with the events that opened and closed it. */
export function anomaliesOf(events: readonly FoundEvent[]): object {
  const anomalies = new Map<number, object>();
  for (const { event, before, known } of knownAlong(events)) {
    const { revision, metadata } = event;
    for (const { number, code } of known.anomalies.slice(before.anomalies.length)) {
      const openedBy = { revision, type: event.type, recordedAt: metadata['recordedAt'] };
      anomalies.set(number, { number, code, openedBy, acknowledged: null });
    }
    // An anomaly keeps its place, so its neighbour in time stands there too.
    const closed = known.anomalies.find(
      ({ acknowledged }, place) => acknowledged && before.anomalies[place]?.acknowledged === false,
    );
    const opened = closed === undefined ? undefined : anomalies.get(closed.number);
    if (closed !== undefined && opened !== undefined) {
      anomalies.set(closed.number, { ...opened, acknowledged: decision(event) });
    }
  }
  return { anomalies: [...anomalies.values()] };
}

/** Operators' decisions: retries, resolutions with their evidence, acknowledgements. */
export function decisionsOf(events: readonly FoundEvent[]): object {
  return {
    decisions: events.filter(({ type }) => hasRole(type, 'decidedByOperator')).map(decision),
  };
}

function decision({ revision, type, data, metadata }: FoundEvent): object {
  const { recordedAt, actor = null, from = null, to } = metadata;
  return { revision, type, recordedAt, actor, from, to, ...data };
}

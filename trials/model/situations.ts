import type { Act } from './act.ts';
import { nameOfAct } from './act.ts';
import type { State } from './state.ts';

/** What exploring must come across, or it has tried less than it claims. */
export const expectedSituations = [
  'append stored',
  'append found-stored',
  'append conflict',
  'append ack-lost',
  'append request-lost',
  'append delayed',
  'delayed-append-arrives',
  'request-lost',
  'looks: in flight',
  'looks: given up meanwhile',
  'send',
  'not-sent',
  'crash',
  'gateway confirmed',
  'gateway refused',
  'payer-pays',
  'time-passes',
  'taken for confirmed',
  'taken for refused',
  'taken for not-executed',
  'taken for unknown',
  'order open',
  'order requesting',
  'order backing-off',
  'order in-doubt',
  'order needs-review',
  'order paid',
  'order cancelled',
  'late execution',
  'late answer',
  'payment wins the race',
  'conflict on an outcome',
  'rival after a lost acknowledgement',
  'crash with a call out',
  'crash while appending',
  'decides FactRetracted',
  'decides CancelResolved open',
  'decides CancelResolved cancelled',
  'abandoned',
  'unanswered',
] as const;

/** What one step shows. */
export function situationsOf(act: Act, from: State, to: State): readonly string[] {
  return [nameOfAct(act), `order ${to.order.state}`, ...special(act, from)];
}

function special(act: Act, from: State): readonly string[] {
  switch (act.kind) {
    case 'append': {
      const batch = from.workers[act.worker]?.batch;
      if (act.result !== 'conflict' || batch === undefined || batch === null) return [];
      return [
        ...(batch.event.kind === 'outcome' ? ['conflict on an outcome'] : []),
        ...(batch.tries === 2 ? ['rival after a lost acknowledgement'] : []),
      ];
    }
    case 'execute': {
      const isAwaited = from.workers.some(({ call }) => call?.attempt === act.attempt);
      return [
        ...(isAwaited ? [] : ['late execution']),
        ...(act.reply === 'refused' && from.gateway.paid ? ['payment wins the race'] : []),
      ];
    }
    case 'answered':
      return from.workers[act.worker]?.call?.at === 'late' ? ['late answer'] : [];
    case 'crash': {
      const { batch, call } = from.workers[act.worker] ?? {};
      return [
        ...(call?.at === 'out' ? ['crash with a call out'] : []),
        ...(batch ? ['crash while appending'] : []),
      ];
    }
    case 'decide': {
      const rule = act.event?.kind === 'outcome' ? act.event.rule : '';
      return [
        ...(rule === 'attempt-abandoned' ? ['abandoned'] : []),
        ...(rule === 'call-unanswered' ? ['unanswered'] : []),
      ];
    }
    default:
      return [];
  }
}

import type { Act } from './act.ts';
import { nameOfAct } from './act.ts';
import { isInDoubt } from './order.ts';
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
  'asks in doubt',
  'asks for an operator',
  ...(['pending', 'closed', 'paid', 'unknown'] as const).map((status) => `is told ${status}`),
  'lags behind a close',
  'pending ends a doubt',
  'a report ends a doubt',
  'asked again',
  'a doubt comes back',
  'an answer comes too late',
  'crash after a question',
] as const;

/** What one step shows. */
export function situationsOf(act: Act, from: State, to: State): readonly string[] {
  return [nameOfAct(act), `order ${to.order.state}`, ...special(act, from), ...ofDoubts(from, to)];
}

/** What the newest event did to a doubt. */
function ofDoubts(from: State, to: State): readonly string[] {
  const event = to.stream.at(-1);
  if (event === undefined || to.stream.length === from.stream.length) return [];
  const [was, is] = [isInDoubt(from.order), isInDoubt(to.order)];
  if (event.kind === 'outcome') {
    return event.answer === 'refused' && !was && is ? ['a doubt comes back'] : [];
  }
  if (event.kind !== 'reported' || !was) return [];
  if (is) return to.order.state === 'in-doubt' ? ['asked again'] : [];
  return [event.status === 'pending' ? 'pending ends a doubt' : 'a report ends a doubt'];
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
      const { batch, call, question } = from.workers[act.worker] ?? {};
      return [
        ...(question ? ['crash after a question'] : []),
        ...(call?.at === 'out' ? ['crash with a call out'] : []),
        ...(batch ? ['crash while appending'] : []),
      ];
    }
    case 'told':
      return act.status === 'pending' && from.gateway.closed ? ['lags behind a close'] : [];
    case 'decide': {
      if (act.task.kind === 'report' && act.event === null) return ['an answer comes too late'];
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

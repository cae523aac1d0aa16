import type { Act } from './act.ts';
import { appends, arrivals } from './appending.ts';
import { calls } from './calling.ts';
import type { Settings } from './changes.ts';
import { decisions } from './deciding.ts';
import { questions } from './asking.ts';
import type { Model, Step } from './explorer.ts';
import { isLastReport, newOrder } from './order.ts';
import type { State } from './state.ts';
import { canonical, idle } from './state.ts';
import { crashes, gatewaySteps, timePasses } from './surroundings.ts';

/**
 * The cancel protocol, written down without the code: workers that read, decide and append at the
 * revision read, a store that loses and delays, a gateway that closes once, a payer, an operator,
 * time, and crashes between any two steps.
 */
export function cancelProtocol(settings: Settings): Model<State, Act> {
  return {
    initial: {
      stream: [],
      order: newOrder,
      waited: 0,
      orphans: [],
      requests: [],
      broken: [],
      faultsLeft: settings.faultsMax,
      gateway: { closed: false, closedFor: 0, paid: false },
      touched: settings.asks === undefined ? null : 1,
      asksLeft: settings.asks ?? 0,
      workers: Array.from({ length: settings.workers }, () => idle),
      sent: Array.from({ length: settings.attemptsMax + 1 }, () => 0),
    },
    steps: (state) => stepsOf(state, settings),
    violations: (state) => violations(state, settings),
    canonical,
  };
}

function stepsOf(state: State, settings: Settings): readonly Step<State, Act>[] {
  const ofWorkers = state.workers.flatMap((_, worker) => [
    ...decisions(state, worker, settings),
    ...appends(state, worker, settings),
    ...calls(state, worker, settings),
    ...questions(state, worker, settings),
    ...crashes(state, worker),
  ]);
  return [...ofWorkers, ...arrivals(state, settings), ...gatewaySteps(state), ...timePasses(state)];
}

/** The invariants of docs/reliability.md that apply to a single state of the model. */
function violations(state: State, { retracts = false }: Settings): readonly string[] {
  const { order, gateway, requests, sent } = state;
  const found = [...state.broken];
  if (order.paidOutside && order.state !== 'paid') {
    found.push(`I2: money was recorded, and the order is ${order.state}`);
  }
  if (sent.some((times, index) => times > 0 && index >= order.answers.length)) {
    found.push('I6: a request left that no event records');
  }
  if (order.state === 'cancelled' && !gateway.closed) {
    found.push('I8: the order is cancelled, and the gateway has not closed it');
  }
  if (order.state === 'paid' && !gateway.paid && !retracts) {
    found.push('I8: the order is paid, and the gateway has no money');
  }
  if (requests.some((attempt) => order.answers[attempt - 1] === 'not-seen')) {
    found.push('I19: pending was believed, and the attempt may still take effect');
  }
  const last = state.stream.at(-1);
  const provesNothing = last?.kind === 'reported' && last.status === 'pending' && !last.conclusive;
  const isWaitedAfter = last?.kind === 'reported' && !provesNothing && order.state === 'in-doubt';
  if (isWaitedAfter && isLastReport(order, null)) {
    found.push('I13: more questions of one cancel than are waited after');
  }
  const mayStillClose = requests.length > 0 && !gateway.paid;
  if (order.state === 'open' && order.answers.length > 0 && (gateway.closed || mayStillClose)) {
    found.push('I8: nothing is open or in doubt, and the gateway has closed it or may still');
  }
  return found;
}

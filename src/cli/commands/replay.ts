import { orderNoOf } from '../../history/event.ts';
import type { PaymentOrders, Replay } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { UsageError } from '../input/arguments.ts';
import type { Flags } from '../input/options.ts';
import { flag, text } from '../input/options.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { Progress } from '../output/progress.ts';
import { table } from '../output/table.ts';
import { existing, withOrders } from '../session.ts';
import { gate } from './gate.ts';

const options = {
  check: flag('--check', "fold it through today's machine; exit 4 where that goes another way"),
  all: flag('--all', 'with --check: every order of the store'),
  first: flag('--first', 'with --all: stop at the first difference'),
  ndjson: flag('--ndjson', 'with --all: one JSON document a line, in constant memory'),
  machine: text('--machine <FILE>', 'with --check --all: a module that exports another machine'),
};

export const commands = [
  command('replay [ORDER]', {
    about: 'the history as it was recorded, or derived again and compared',
    options,
    run: (context, flags, orderNo) => replay(context, orderNo, flags),
  }),
];

async function replay(
  context: Context,
  orderNo: string | undefined,
  flags: Flags<typeof options>,
): Promise<number> {
  const { all, machine, first, ndjson } = flags;
  if (all) {
    if (!flags.check || orderNo !== undefined) {
      throw new UsageError('--all goes with --check and without ORDER');
    }
    if (machine === undefined) return checkAll(context, flags);
    if (first || ndjson) {
      throw new UsageError('--machine gives one report: it goes without --first and --ndjson');
    }
    return gate(context, machine);
  }
  if (machine !== undefined) throw new UsageError('--machine goes with --check --all');
  if (orderNo === undefined)
    throw new UsageError('nothing to replay: give ORDER, or --check --all');
  return withOrders(context, 'read', async (orders) => {
    await existing(orders, orderNo);
    return flags.check ? check(context, orders, orderNo) : steps(context, orders, orderNo);
  });
}

async function check(context: Context, orders: PaymentOrders, orderNo: string): Promise<number> {
  const replayed = await orders.replay(orderNo);
  if (context.screen.json) context.screen.document(replayed);
  else context.screen.lines(replayLines(context, replayed));
  return exitCodeOf(replayed);
}

async function steps(context: Context, orders: PaymentOrders, orderNo: string): Promise<number> {
  const { screen, words } = context;
  const all = [];
  for await (const step of orders.recordedSteps(orderNo)) all.push(step);
  if (screen.json) screen.document({ steps: all });
  else {
    const { revision, time, event, way } = words.logHeaders;
    const state = (path: string | null) =>
      path === null ? '–' : words.state(escapeForTerminal(path));
    const rows = all.map((step) => [
      String(step.revision),
      escapeForTerminal(step.recordedAt),
      escapeForTerminal(step.type),
      `${state(step.from)} → ${state(step.to)}`,
      escapeForTerminal(step.machine.version),
    ]);
    const { machine } = words.history.detailLabels;
    screen.lines(await table([[revision, time, event, way, machine], ...rows]));
  }
  return exitCodes.ok;
}

function checkAll(context: Context, { first, ndjson }: Flags<typeof options>): Promise<number> {
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    const progress = new Progress(context);
    const different: Replay[] = [];
    let exitCode: number = exitCodes.ok;
    for await (const replayed of orders.replayAll()) {
      const isSame = exitCodeOf(replayed) === exitCodes.ok;
      progress.saw(replayed.events, isSame ? 0 : 1);
      if (ndjson) screen.document(replayed);
      if (isSame) continue;
      exitCode = gravest(exitCode, exitCodeOf(replayed));
      if (screen.json) different.push(replayed);
      else screen.lines(replayLines(context, replayed));
      if (first) break;
    }
    const { orders: count, faults } = progress;
    if (ndjson) return exitCode;
    if (screen.json) screen.document({ orders: count, events: progress.events, different });
    else screen.talk(words.history.replayedAll(count, faults));
    if (first && faults > 0 && !screen.json) screen.talk(words.history.stoppedAtFirst);
    return exitCode;
  });
}

/** A broken history is graver than one that another machine wrote. */
function gravest(one: number, other: number): number {
  return one === exitCodes.integrity ? one : other;
}

function exitCodeOf({ divergence, fault }: Replay): number {
  if (fault !== null) return exitCodes.integrity;
  return divergence === null ? exitCodes.ok : exitCodes.replayDivergence;
}

function replayLines({ screen, words }: Context, replayed: Replay): readonly string[] {
  const { events, state, derivedBy, divergence, fault } = replayed;
  const order = escapeForTerminal(orderNoOf(replayed.stream));
  const { history } = words;
  const shown = (path: string | null) =>
    path === null ? '–' : words.state(escapeForTerminal(path));
  if (fault !== null)
    return [screen.paint('red', history.replayEnds(order, escapeForTerminal(fault.message)))];
  if (divergence === null) {
    return [
      screen.paint('green', history.replayed(order, events, shown(state), derivedBy.version)),
    ];
  }
  const { recorded, derived } = divergence;
  const way = (to: string | null, from: string | null) =>
    `${shown(from)} → ${to === null ? history.notTaken : shown(to)}`;
  const version = (machine: Replay['derivedBy']) =>
    [escapeForTerminal(machine.version), machine.hash.slice(0, 12)] as const;
  return [
    screen.paint(
      'red',
      history.diverges(order, divergence.revision, escapeForTerminal(divergence.type)),
    ),
    `  ${history.recordedWay(way(recorded.to, recorded.from), ...version(recorded.machine))}`,
    `  ${history.derivedWay(way(derived.to, derived.from), ...version(derived.machine))}`,
  ];
}

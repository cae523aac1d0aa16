import { orderNoOf } from '../../history/event.ts';
import type { Fault, HistoryCheck, PaymentOrders, Replay } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { refuseWithout, UsageError } from '../input/arguments.ts';
import { machineIn } from '../input/machine-file.ts';
import { flag, text } from '../input/options.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { withCrew } from '../jobs/crew.ts';
import { jobsFrom, jobsOption } from '../jobs/jobs.ts';
import { exitCodes } from '../output/failure.ts';
import { Progress } from '../output/progress.ts';
import { table } from '../output/table.ts';
import { existing, withOrders } from '../session.ts';

export const commands = [
  command('replay [ORDER]', {
    about: 'the history as it was recorded, or derived again and compared',
    options: {
      check: flag('--check', "fold it through today's machine; exit 4 where that goes another way"),
      all: flag('--all', 'with --check: every order of the store'),
      first: flag('--first', 'with --all: stop at the first difference'),
      ndjson: flag('--ndjson', 'with --all: one JSON document a line, in constant memory'),
      jobs: jobsOption,
      machine: text(
        '--machine <FILE>',
        'with --check --all: a module that exports another machine',
      ),
    },
    run: (context, { check, all, first, ndjson, jobs, machine }, orderNo) => {
      if (all) {
        if (!check || orderNo !== undefined) {
          throw new UsageError('--all goes with --check and without ORDER');
        }
        if (machine === undefined) return checkAll(context, { first, ndjson, jobs });
        if (first || ndjson) {
          throw new UsageError('--machine gives one report: it goes without --first and --ndjson');
        }
        return gate(context, machine, jobs);
      }
      const needsAll = {
        ...{ '--machine': machine, '--first': first, '--ndjson': ndjson, '--jobs': jobs },
      };
      refuseWithout('with --check --all', needsAll);
      if (orderNo === undefined) {
        throw new UsageError('nothing to replay: give ORDER, or --check --all');
      }
      return withOrders(context, async (orders) => {
        await existing(orders, orderNo);
        return check ? checkOne(context, orders, orderNo) : steps(context, orders, orderNo);
      });
    },
  }),
];

async function checkOne(context: Context, orders: PaymentOrders, orderNo: string): Promise<number> {
  const replayed = await orders.replay(orderNo);
  await context.screen.answer(replayed, () => replayLines(context, replayed));
  return exitCodeOf(isSame(replayed), replayed.fault !== null);
}

async function steps(context: Context, orders: PaymentOrders, orderNo: string): Promise<number> {
  const { screen, words } = context;
  const all = await Array.fromAsync(orders.recordedSteps(orderNo));
  const state = (path: string | null) =>
    path === null ? '–' : words.state(escapeForTerminal(path));
  await screen.answer({ steps: all }, () =>
    table(
      [
        words.history.replayHeaders,
        ...all.map(({ revision, recordedAt, type, from, to, machine }) => [
          String(revision),
          escapeForTerminal(recordedAt),
          escapeForTerminal(type),
          `${state(from)} → ${state(to)}`,
          escapeForTerminal(machine.version),
        ]),
      ],
      screen.columns,
    ),
  );
  return exitCodes.ok;
}

function checkAll(
  context: Context,
  {
    first,
    ndjson,
    jobs,
  }: {
    readonly first: boolean;
    readonly ndjson: boolean;
    readonly jobs: string | undefined;
  },
): Promise<number> {
  const { settings, screen, words } = context;
  const task = { work: 'replay', jobs: jobsFrom(jobs, settings) } as const;
  return withCrew(context, task, async (crew) => {
    const progress = new Progress(context);
    const different: Replay[] = [];
    let isBroken = false;
    for await (const replayed of crew.results()) {
      progress.saw(replayed.events, isSame(replayed) ? 0 : 1);
      if (ndjson) screen.document(replayed);
      if (isSame(replayed)) continue;
      isBroken ||= replayed.fault !== null;
      if (screen.json) different.push(replayed);
      else screen.lines(replayLines(context, replayed));
      if (first) break;
    }
    const { orders: count, events, faults } = progress;
    if (screen.json) {
      if (!ndjson) screen.document({ orders: count, events, different });
    } else {
      screen.talk(words.history.replayedAll(count, faults));
      if (first && faults > 0) screen.talk(words.history.stoppedAtFirst);
    }
    return exitCodeOf(faults === 0, isBroken);
  });
}

/** Replays every history of the store through a machine that is about to be released. */
async function gate(context: Context, file: string, jobs: string | undefined): Promise<number> {
  const { io, settings, screen, words } = context;
  const count = jobsFrom(jobs, settings);
  const through = await machineIn(pathAt(io.cwd, file));
  return withCrew(context, { work: 'gate', jobs: count, through }, async (crew) => {
    const progress = new Progress(context);
    const different: HistoryCheck[] = [];
    const stranded: { readonly stream: string; readonly state: string }[] = [];
    for await (const { events, check, stranded: left } of crew.results()) {
      progress.saw(events, 0);
      if (!check.ok) different.push(check);
      if (left !== null) stranded.push(left);
    }
    if (screen.json) screen.document({ orders: progress.orders, different, stranded });
    else {
      screen.lines(different.flatMap((check) => gateLines(context, check)));
      for (const { stream, state } of stranded) {
        const order = escapeForTerminal(orderNoOf(stream));
        screen.lines([words.history.stranded(order, escapeForTerminal(state))]);
      }
      screen.talk(words.history.gated(progress.orders, different.length, stranded.length));
    }
    const isBroken = different.some(({ fault }) => fault !== null);
    return exitCodeOf(different.length === 0, isBroken);
  });
}

function isSame({ divergence, fault }: Replay): boolean {
  return divergence === null && fault === null;
}

/** A broken history is graver than one that another machine wrote. */
function exitCodeOf(isSame: boolean, isBroken: boolean): number {
  if (isBroken) return exitCodes.integrity;
  return isSame ? exitCodes.ok : exitCodes.replayDivergence;
}

function replayLines(context: Context, replayed: Replay): readonly string[] {
  const { screen, words } = context;
  const { history } = words;
  const { events, state, derivedBy, divergence, fault } = replayed;
  const shown = (path: string | null) =>
    path === null ? '–' : words.state(escapeForTerminal(path));
  if (fault !== null) return [endLine(context, replayed.stream, fault)];
  if (divergence === null) {
    const order = escapeForTerminal(orderNoOf(replayed.stream));
    const line = history.replayed(order, events, shown(state), derivedBy.version);
    return [screen.paint('green', line)];
  }
  const { recorded, derived } = divergence;
  const way = ({ from, to }: typeof derived) =>
    `${shown(from)} → ${to === null ? history.notTaken : shown(to)}`;
  const version = ({ machine }: typeof derived) =>
    [escapeForTerminal(machine.version), machine.hash.slice(0, 12)] as const;
  return [
    divergenceLine(context, replayed.stream, divergence),
    `  ${history.recordedWay(way(recorded), ...version(recorded))}`,
    `  ${history.derivedWay(way(derived), ...version(derived))}`,
  ];
}

function gateLines(context: Context, check: HistoryCheck): readonly string[] {
  const { history } = context.words;
  const { stream, divergence, fault } = check;
  if (fault !== null) return [endLine(context, stream, fault)];
  if (divergence === null) return [];
  const { cause, recorded, derived } = divergence;
  const way = ({ from, to }: typeof derived) =>
    `${escapeForTerminal(from ?? '–')} → ${to === null ? history.notTaken : escapeForTerminal(to)}`;
  return [
    divergenceLine(context, stream, divergence),
    `  ${history.gateCauses[cause]}: ${way(recorded)} | ${way(derived)}`,
  ];
}

function endLine({ screen, words }: Context, stream: string, { message }: Fault): string {
  const order = escapeForTerminal(orderNoOf(stream));
  return screen.paint('red', words.history.replayEnds(order, escapeForTerminal(message)));
}

function divergenceLine(
  { screen, words }: Context,
  stream: string,
  { revision, type }: { readonly revision: number; readonly type: string },
): string {
  const order = escapeForTerminal(orderNoOf(stream));
  return screen.paint('red', words.history.diverges(order, revision, escapeForTerminal(type)));
}

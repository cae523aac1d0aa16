import { ruleText } from '../../listing/order-texts.ts';
import { workersBeside } from '../../listing/workers.ts';
import type { WorkFault } from '../../listing/workers.ts';
import type { Beat } from '../../recovery/heartbeat.ts';
import { millisecondsOf, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Words } from '../../words/cli/en.ts';
import { indexFileOf } from '../input/index-file.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { table } from '../output/table.ts';

/** Shows how recovery stands in every process that says so. Opens no store. */
export async function workStatus(context: Context): Promise<number> {
  const { settings, screen } = context;
  const indexFile = indexFileOf(settings);
  const nowMs = systemRuntime().now();
  const { workers, fault } = await workersBeside(indexFile, nowMs);
  await screen.answer({ ok: fault === null, fault, workers }, () =>
    workers.length === 0 ? [] : workerLines(context, workers, nowMs),
  );
  if (fault === null) return exitCodes.ok;
  if (!screen.json) screen.talk(faultText(context, fault, indexFile ?? '', workers));
  return exitCodes.runtime;
}

function faultText(
  { words }: Context,
  fault: WorkFault,
  file: string,
  workers: readonly Beat[],
): string {
  const { faults } = words.work;
  if (fault === 'none') return faults.none(escapeForTerminal(file));
  if (fault !== 'stale') return faults[fault];
  const youngest = Math.min(...workers.map(({ ageMs }) => Math.abs(ageMs)));
  return faults.stale(words.duration(youngest));
}

function workerLines(
  { screen, words }: Context,
  workers: readonly Beat[],
  nowMs: number,
): Promise<readonly string[]> {
  const rows = workers.map(({ host, pid, ageMs, isFresh, status }) => {
    const { phase, lagMs, waiting, due, inFlight, fired } = status;
    const isWorking = isFresh && phase === 'following';
    return [
      `${escapeForTerminal(host)} ${pid}`,
      isWorking ? words.work.phases[phase] : screen.paint('red', words.work.phases[phase]),
      words.work.seen(words.duration(Math.max(0, ageMs))),
      lagMs === null ? '–' : words.duration(lagMs),
      ...[waiting, due, inFlight, fired].map(String),
      gatewaysText(words, status, nowMs),
    ];
  });
  return table([words.work.headers, ...rows], screen.columns);
}

function gatewaysText(
  words: Words,
  { gateways, leftAlone }: Beat['status'],
  nowMs: number,
): string {
  const { up, down, leftAlone: left } = words.work;
  const isUp = gateways.filter(({ state }) => state === 'up').length;
  const leftCount = leftAlone.others + leftAlone.noGateway;
  return [
    ...(isUp === 0 ? [] : [up(isUp)]),
    ...gateways
      .filter(({ state }) => state === 'down')
      .map(({ name, since, rule, waiting }) => {
        const forMs = Math.max(0, nowMs - millisecondsOf(since ?? ''));
        const why = escapeForTerminal(ruleText(words, rule ?? ''));
        return down(escapeForTerminal(name), words.duration(forMs), why, waiting);
      }),
    ...(leftCount === 0 ? [] : [left(leftCount)]),
  ].join(words.listSemicolon);
}

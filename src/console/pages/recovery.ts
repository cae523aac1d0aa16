/** Whether anybody makes what is due: the processes that say so, and the gateways that they see. */

import { ruleText } from '../../listing/order-texts.ts';
import type { WorkFault } from '../../listing/workers.ts';
import { workersBeside } from '../../listing/workers.ts';
import type { Beat } from '../../recovery/heartbeat.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Desk, Page, Visit } from '../types.ts';
import { ageText } from './ages.ts';
import { cardRow, cardTable, header, plain } from './card-table.ts';
import { timeOf } from './times.ts';
import type { Cell } from './card-table.ts';

export type RecoveryData = {
  readonly workers: readonly Beat[];
  readonly fault: WorkFault | null;
};

export async function recovery({ indexFile }: Desk, visit: Visit): Promise<Page> {
  return recoveryPage(visit, await workersBeside(indexFile, visit.nowMs));
}

export function recoveryPage(visit: Visit, { workers, fault }: RecoveryData): Page {
  const { recovery: said } = visit.words.console.lists;
  const working = workers.filter(isWorking).length;
  const standing =
    fault === null
      ? html`<p class="desk-note desk-good">${said.working(working)}</p>`
      : html`<p class="desk-note desk-bad">${said.faults[fault]}</p>`;
  const main = html`<h1>${said.title}</h1>
    <p>${said.about}</p>
    ${standing}
    ${workers.length === 0 ? nothing : html`${processes(visit, workers)}${gateways(visit, workers)}`}`;
  return { title: said.title, nav: 'recovery', main, live: 'all' };
}

function isWorking({ isFresh, status }: Beat): boolean {
  return isFresh && status.phase === 'following';
}

function processes(visit: Visit, workers: readonly Beat[]): Html {
  const { headers, processes: title } = visit.words.console.lists.recovery;
  return html`<h2 class="desk-h2">${title}</h2>
    ${cardTable(
      title,
      Object.values(headers).map(header),
      workers.map((worker) => processRow(visit, worker)),
    )}`;
}

function processRow({ words, nowMs, base }: Visit, worker: Beat): Html {
  const { headers, stale, leftAlone, noticeCounts, notices } = words.console.lists.recovery;
  const { host, pid, at, isFresh, status } = worker;
  const { phase, lagMs, lastFiring, leftAlone: left } = status;
  const tone = isWorking(worker) ? 'desk-good' : 'desk-bad';
  const cells: readonly Cell[] = [
    [
      headers.phase,
      html`<span class="desk-tag ${tone}">${isFresh ? words.work.phases[phase] : stale}</span>`,
    ],
    [headers.seen, timeOf(at, words.work.seen(ageText(words, at, nowMs)))],
    [headers.lag, plain(lagMs === null ? '–' : words.duration(lagMs))],
    [headers.waiting, plain(String(status.waiting))],
    [headers.due, plain(String(status.due))],
    [headers.inFlight, plain(String(status.inFlight))],
    [headers.fired, plain(String(status.fired))],
    [
      headers.last,
      lastFiring === null
        ? plain('–')
        : html`<a href="${base}/orders/${encodeURIComponent(lastFiring.orderNo)}"
              >${lastFiring.orderNo}</a
            ><small
              >${answerText(words, lastFiring.answer)},
              ${words.work.seen(ageText(words, lastFiring.at, nowMs))}</small
            >`,
    ],
  ];
  const beside = [
    ...(left.others + left.noGateway === 0 ? [] : [leftAlone(left.others, left.noGateway)]),
    ...(status.notices === null
      ? []
      : [words.inbox.said(notices, noticeCounts(status.notices.waiting, status.notices.due))]),
  ];
  return cardRow(html`${host} ${pid}${beside.map((line) => html`<small>${line}</small>`)}`, cells);
}

/** A heartbeat may be of another version, with an answer that this one does not know. */
function answerText({ answers }: Visit['words'], answer: string): string {
  const known: Readonly<Record<string, string>> = answers;
  return (Object.hasOwn(known, answer) ? known[answer] : undefined) ?? answer;
}

function gateways(visit: Visit, workers: readonly Beat[]): Html {
  const { words, nowMs } = visit;
  const { gatewayHeaders: headers, gateways: title, up, down } = words.console.lists.recovery;
  const rows = workers
    .filter(({ isFresh }) => isFresh)
    .flatMap(({ host, pid, status }) =>
      status.gateways.map((gateway) => ({ ...gateway, process: `${host} ${pid}` })),
    )
    // Who looks here looks for what is down.
    .toSorted((one, other) => Number(one.state === 'up') - Number(other.state === 'up'));
  if (rows.length === 0) return nothing;
  const cellsOf = ({ state, since, rule, waiting, process }: (typeof rows)[number]) =>
    [
      [
        headers.state,
        html`<span class="desk-tag ${state === 'up' ? 'desk-good' : 'desk-bad'}"
          >${state === 'up' ? up : down}</span
        >`,
      ],
      [
        headers.since,
        since === null ? plain('–') : timeOf(since, words.work.seen(ageText(words, since, nowMs))),
      ],
      [headers.rule, plain(rule === null ? '–' : ruleText(words, rule))],
      [headers.waiting, plain(String(waiting))],
      [headers.process, plain(process)],
    ] as const satisfies readonly Cell[];
  return html`<h2 class="desk-h2">${title}</h2>
    ${cardTable(
      title,
      Object.values(headers).map(header),
      rows.map((gateway) =>
        cardRow(
          html`${gateway.name}<small class="desk-mono">${gateway.appId}</small>`,
          cellsOf(gateway),
        ),
      ),
    )}`;
}

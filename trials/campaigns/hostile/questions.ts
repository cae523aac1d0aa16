import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { QueryAnswer } from '../../../src/gateway/cancel-gateway.ts';
import { openHttpGateway } from '../../../src/gateway/http-gateway.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { envelope, http } from '../../../test/gateway/raw-server.ts';
import { behaviours } from './behaviours.ts';
import type { Behaviour } from './behaviours.ts';
import { changes } from './mutations.ts';
import { startPlatform } from './platform.ts';
import { reportByReference } from './reference.ts';
import type { Findings } from './table.ts';
import { see } from './table.ts';

const atOnce = 16;
const statuses = ['pending', 'succeeded', 'failed', 'canceled'] as const;
type Row = readonly [name: string, status: QueryAnswer['status'], rule: string, bytes: Buffer];

/** What a report about this order looks like; the rows change it. */
const report = (orderNo: string, change: object = {}) =>
  http(envelope({ data: { etc_order_no: orderNo, status: 'succeeded', ...change } }));
const code = (responseCode: string, orderNo: string) =>
  http(envelope({ responseCode, data: { etc_order_no: orderNo, status: 'succeeded' } }));

/** The answers to a question that only a question can get, and what each may be taken for. */
const rowsAbout = (orderNo: string): readonly Row[] => [
  ...statuses.map((status): Row => [status, status, status, report(orderNo, { status })]),
  ...['cancelled', 'CLOSED', 'SUCCEEDED', '', 1, true].map((status): Row => [
    `status ${JSON.stringify(status)}`,
    'unknown',
    'status-unknown',
    report(orderNo, { status }),
  ]),
  ['status null', 'unknown', 'status-missing', report(orderNo, { status: null })],
  ['another order', 'unknown', 'order-differs', report('ANOTHER')],
  ['no order', 'unknown', 'order-missing', report(orderNo, { etc_order_no: null })],
  ['data null', 'unknown', 'data-missing', http(envelope({ data: null }))],
  ['data an array', 'unknown', 'data-not-an-object', http(envelope({ data: [] }))],
  ['64 KiB', 'unknown', 'answer-too-large', report(orderNo, { more: 'x'.repeat(65_536) })],
  ...['400002', '401002', '404001'].map((each): Row => [
    `code ${each}`,
    'unavailable',
    forbidden[each] ?? '',
    code(each, orderNo),
  ]),
  ...['500004', '500005', '500006', '500007', '500008', '500009'].map((each): Row => [
    `code ${each}`,
    'unknown',
    business[each] ?? '',
    code(each, orderNo),
  ]),
];

const forbidden: Readonly<Record<string, string>> = {
  '400002': 'call-disabled',
  '401002': 'permission-missing',
  '404001': 'api-code-unknown',
};
const business: Readonly<Record<string, string>> = {
  '500004': 'business-refused',
  '500005': 'business-connect-timeout',
  '500006': 'business-answer-timeout',
  '500007': 'business-format-wrong',
  '500008': 'business-unanswered',
  '500009': 'business-call-failed',
};

/** What a question may take an answer for that was made for a cancel: never a status. */
function expectedOf({ rule }: Behaviour): readonly [QueryAnswer['status'], readonly string[]] {
  if (Object.values(forbidden).includes(rule)) return ['unavailable', [rule]];
  const ofData = ['confirmed', 'refused', 'cancel-result-unreadable'];
  return ['unknown', ofData.includes(rule) ? ['order-missing', 'data-missing'] : [rule]];
}

/** Unknown because time ran out: always right, because a machine may be slow. */
const isLate = ({ status, rule }: QueryAnswer) => status === 'unknown' && rule.endsWith('-timeout');

/**
 * Asks a platform that does everything wrong: each row of the table for cancels, each row that only
 * a question can get, and answers changed byte by byte. A status is believed only where the
 * reference reads it in the bytes, about this very order; one question is one request.
 */
export async function tryQuestions(
  given: { readonly seed: number; readonly answers: number },
  findings: Findings,
): Promise<number> {
  const platform = await startPlatform(
    { attemptMs: 3_000, connectionsMax: 2 * atOnce },
    { isAskable: true },
  );
  const gateway = openHttpGateway({ ...platform.gateway, runtime: systemRuntime() });
  const ask = async (orderNo: string, respond: (socket: Socket) => void) => {
    platform.plan(orderNo, [{ name: 'asked', kind: 'outcome-unknown', rule: '', respond }]);
    const answer = await gateway.query({ orderNo });
    const requests = platform.asked(orderNo).length;
    if (requests > 1) findings.faults.push(`I19 one question sent ${requests} requests`);
    return answer;
  };
  const runtime = simulatedRuntime({ seed: given.seed });
  const tasks = [
    ...behaviours.map((behaviour, index) => async () => {
      const answer = await ask(`Q${index}`, behaviour.respond);
      const [status, rules] = expectedOf(behaviour);
      if (isLate(answer) || (answer.status === status && rules.includes(answer.rule))) return;
      findings.faults.push(`I19 '${behaviour.name}' answered a question: ${shown(answer)}`);
    }),
    ...rowsAbout('QR').map((_, index) => async () => {
      const orderNo = `QR${index}`;
      const [name, status, rule, bytes] = rowsAbout(orderNo)[index] ?? rowsAbout(orderNo)[0] ?? [];
      const answer = await ask(orderNo, (socket) => socket.write(bytes ?? ''));
      see(findings, `asked: ${name ?? ''}`);
      if (isLate(answer) || (answer.status === status && answer.rule === rule)) return;
      findings.faults.push(`I19 '${name ?? ''}' answered a question: ${shown(answer)}`);
    }),
    ...Array.from({ length: given.answers }, (_, index) => async () => {
      const orderNo = `QX${given.seed}x${index}`;
      const bytes = changedReport(orderNo, () => runtime.random());
      const ends = runtime.random() < 0.6;
      const answer = await ask(orderNo, (socket) =>
        ends ? socket.end(bytes) : socket.write(bytes),
      );
      see(findings, `asked, changed and ${answer.status}`);
      if (answer.status === 'unknown') return;
      const read = reportByReference(bytes, ends, orderNo);
      if (read === answer.status) return;
      findings.faults.push(
        `I19 ${shown(answer)}, reference ${read}, for ${JSON.stringify(bytes.toString('latin1'))}`,
      );
    }),
  ].values();
  const work = async () => {
    for (const task of tasks) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  findings.faults.push(...platform.strays.map((stray) => `I19 an unexpected request: ${stray}`));
  await gateway.close();
  platform.server.close();
  return given.answers;
}

function changedReport(orderNo: string, random: () => number): Buffer {
  const status = statuses[Math.floor(random() * statuses.length)] ?? 'pending';
  const text = envelope({ data: { etc_order_no: orderNo, pay_amt: '106.09', status } });
  const packed = { headers: { 'content-encoding': 'gzip' } };
  const refused = envelope({ responseCode: '401002', data: null });
  const originals = [http(text), http(text), http(gzipSync(text), packed), http(refused)];
  const original = originals[Math.floor(random() * originals.length)] ?? http(text);
  const kinds = Object.values(changes);
  return kinds[Math.floor(random() * kinds.length)]?.(original, random) ?? original;
}

const shown = ({ status, rule }: QueryAnswer) => `${status} by ${rule}`;

/** What the level must see of questions. */
export const questionsToSee: readonly string[] = [
  ...rowsAbout('O1').map(([name]) => `asked: ${name}`),
  ...[...statuses, 'unknown', 'unavailable'].map((status) => `asked, changed and ${status}`),
];

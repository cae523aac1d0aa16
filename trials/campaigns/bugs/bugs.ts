import { bugsOfCompiling } from './bugs-of-compiling.ts';
import { bugsOfFacts } from './bugs-of-facts.ts';
import { bugsOfFindings } from './bugs-of-findings.ts';
import { bugsOfGateways } from './bugs-of-gateways.ts';
import { bugsOfKeptFolds } from './bugs-of-kept-folds.ts';
import { bugsOfNotices } from './bugs-of-notices.ts';
import { bugsOfPackages } from './bugs-of-packages.ts';
import { bugsOfQuestions } from './bugs-of-questions.ts';
import { bugsOfRecovery } from './bugs-of-recovery.ts';
import { bugsOfRevisions } from './bugs-of-revisions.ts';
import { bugsOfTlog } from './bugs-of-tlog.ts';

/** What must turn red: seeds of the simulation, a level of the campaign, or test files. */
export type Detector =
  | { readonly by: 'seeds' }
  | { readonly by: 'level'; readonly level: string; readonly scale: number }
  | { readonly by: 'tests'; readonly files: string };

/** A plausible protocol bug, to be planted into a copy of the sources. */
export type Bug = {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly detector: Detector;
};

const seeds: Detector = { by: 'seeds' };
const expected = "  const expected = order?.head.revision ?? 'no-stream';";

export const bugs: readonly Bug[] = [
  {
    name: 'the call goes out before the append',
    file: 'src/order/transact.ts',
    from: expected,
    to:
      "  if (order !== null && step.stored.type === 'CancelRequested') " +
      `await dependencies.gateways.all[0]?.port.cancel(requestOf(order), () => true);\n${expected}`,
    detector: seeds,
  },
  {
    name: 'a retry of an append draws a new id',
    file: 'src/event-store/append-settled.ts',
    from: 'await store.append(stream, events, expected);',
    to: 'await store.append(stream, tries === 1 ? events : events.map((event) => ({ ...event, id: runtime.newId() })), expected);',
    detector: seeds,
  },
  {
    name: 'the append is made at the newest revision',
    file: 'src/order/transact.ts',
    from: expected,
    to: "  const expected = (await store.readLast(streamOf(orderNo)))?.revision ?? 'no-stream';",
    detector: seeds,
  },
  {
    name: 'a timeout is taken for a refusal',
    file: 'src/gateway/call-classification.ts',
    from: "'answer-timeout': ['outcome-unknown',",
    to: "'answer-timeout': ['refused',",
    detector: seeds,
  },
  {
    name: 'a refused probe is taken for the answer of the attempt in doubt',
    file: 'src/order/decide.ts',
    from: "  if (outcome.type === 'CancelConfirmed') return recordOnce(order, outcome);",
    to:
      "  if (outcome.type === 'CancelConfirmed') return recordOnce(order, outcome);\n" +
      "  if (outcome.type === 'CancelRefused' && order.known.answers.includes('unknown')) " +
      "return recordOnce(order, { ...outcome, type: 'CancelConfirmed', retryInMs: undefined });",
    detector: seeds,
  },
  {
    name: 'a closed order is still retried',
    file: 'machines/payment-order.machine.ts',
    from: "    cancelled: {\n      tags: 'closed',\n      on: {",
    to:
      "    cancelled: {\n      tags: 'closed',\n      after: { attemptDeadline: retryTimer.retry },\n      on: {\n" +
      "        CancelRetryDue: { target: 'cancelling', actions: 'record' },",
    detector: seeds,
  },
  {
    name: 'SQLite acknowledges before the commit',
    file: 'src/event-store/sqlite/append.ts',
    from: '      committing = true;\n      this.#commit.run();',
    to:
      '      committing = true;\n      setImmediate(() => {\n' +
      '        if (this.#database.isOpen && this.#database.isTransaction) this.#commit.run();\n      });',
    detector: { by: 'level', level: 'sqlite-fsync', scale: 0.2 },
  },
  {
    name: 'the metadata stays outside the hash',
    file: 'src/history/chain.ts',
    from: 'for (const part of parts) {\n    const fault =',
    to: "for (const part of ['data'] as const) {\n    const fault =",
    detector: { by: 'tests', files: 'test/history/chain.test.ts' },
  },
  {
    name: 'events are ordered by the clock',
    file: 'src/history/load.ts',
    from: '  for await (const recorded of store.read(streamOf(orderNo))) {',
    to:
      '  const read = await Array.fromAsync(store.read(streamOf(orderNo)));\n' +
      "  const at = (of: (typeof read)[number]) => String(of.metadata['recordedAt']);\n" +
      '  for (const recorded of read.toSorted((a, b) => (at(a) < at(b) ? -1 : 1))) {',
    detector: seeds,
  },
  {
    name: 'a rejection is ignored: the command is appended as accepted',
    file: 'src/order/decide.ts',
    from: '  if (!isOutdated && order.takes(event)) {',
    to: "  if (command.type !== 'CreatePaymentOrder') {",
    detector: seeds,
  },
  {
    name: 'an attempt is sent however long ago it was recorded',
    file: 'src/order/attempt.ts',
    from: '  const maySend = () =>\n',
    to: '  const maySend = () =>\n    sendWithinMs > 0 ||\n',
    detector: seeds,
  },
  {
    name: 'the fold counts by its own deadline instead of the recorded one',
    file: 'src/dependencies.ts',
    from: 'context.attemptDeadlineMs ?? ownMs;',
    to: 'context.attemptDeadlineMs === null ? ownMs : ownMs;',
    detector: seeds,
  },
  {
    name: 'an append that was retried is taken for one that succeeded at once',
    file: 'src/event-store/append-settled.ts',
    from: "if (result.kind === 'appended') return { ...result, settled: 'after-doubt' };",
    to: "if (result.kind === 'appended') return { ...result, settled: 'first-try' };",
    detector: seeds,
  },
  {
    name: 'every reader of an open attempt runs it',
    file: 'src/recovery/due.ts',
    from: "  if (answer.kind !== 'accepted') return { order, fired: false };",
    to:
      '  const call = order.fold.pending.calls[0];\n' +
      '  if (ticket === null && call !== undefined) {\n' +
      '    const { orderNo: no, processBillNo } = order.known;\n' +
      '    const request = { orderNo: no, processBillNo, attempt: 1, correlationId: no };\n' +
      '    await gateway.port.cancel(request, () => true);\n' +
      '  }\n' +
      "  if (answer.kind !== 'accepted') return { order, fired: false };",
    detector: seeds,
  },
  {
    name: 'a refusal ends a doubt',
    file: 'machines/payment-order.guards.ts',
    from: '(refused(context) && !inDoubt(context))',
    to: 'refused(context)',
    detector: seeds,
  },
  {
    name: 'an outcome that meets a conflict is dropped',
    file: 'src/order/attempt.ts',
    from: 'const { order } = await transact(dependencies, orderNo, (found) => {',
    to:
      'let decisions = 0;\n      const { order } = await transact(dependencies, orderNo, (found) => {\n' +
      "        if ((decisions += 1) > 1) return { decision: { kind: 'answer', answer: { kind: 'duplicate' } }, context };",
    detector: seeds,
  },
  {
    name: 'a command id is not remembered',
    file: 'src/history/deduplication.ts',
    from: 'commandId: command === undefined ? undefined : commandId,',
    to: 'commandId: isRejection ? commandId : undefined,',
    detector: seeds,
  },
  {
    name: 'a duplicate answer to a command id leaves no record',
    file: 'src/order/decide.ts',
    from: '  if (left <= 0 && commandId !== undefined) throw noRoomToReject(order, code);',
    to:
      "  if (answerTo(command.type, code).kind === 'duplicate') " +
      "return { kind: 'answer', answer: { kind: 'duplicate' } };",
    detector: seeds,
  },
  {
    name: 'a rejected command id is decided again',
    file: 'src/history/deduplication.ts',
    from: '      commandDigest === undefined\n',
    to: '      commandDigest === undefined || isRejection\n',
    detector: seeds,
  },
  ...bugsOfCompiling,
  ...bugsOfFacts,
  ...bugsOfFindings,
  ...bugsOfGateways,
  ...bugsOfKeptFolds,
  ...bugsOfNotices,
  ...bugsOfPackages,
  ...bugsOfQuestions,
  ...bugsOfRecovery,
  ...bugsOfRevisions,
  ...bugsOfTlog,
];

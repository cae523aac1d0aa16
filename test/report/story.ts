import { createHash } from 'node:crypto';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import type { ChainedMetadata } from '../../src/history/chain.ts';
import { chainStart } from '../../src/history/chain.ts';
import { currentSchemaVersion } from '../../src/history/codec.ts';
import { encodeEvent } from '../../src/history/encode.ts';
import { streamOf } from '../../src/history/event.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { causeOf } from '../../src/history/step.ts';
import type { Fold } from '../../src/interpreter/interpreter.ts';
import { instantOf } from '../../src/runtime.ts';
import { uuidOf } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';

/** The wall clock of the merchant, `2026-11-23 10:01:07.412` in Shanghai. */
export type LocalTime = string;

type Context = Partial<
  Pick<ChainedMetadata, 'actor' | 'source' | 'noticeId' | 'vouchedBy' | 'commandId'>
> & { readonly occurred?: LocalTime };

export type StoryLine = Context & { readonly at: LocalTime; readonly event: PaymentOrderEvent };

export const gateway = { name: 'merchant-a', appId: '5f1b3c9e2a7d4068' };

export const instant = (local: LocalTime) =>
  instantOf(Date.parse(`${local.replace(' ', 'T')}+08:00`));

/**
 * The stored history of an order, written by the module's own machine and codec: each line says only
 * what happened and when. What the machine does not take throws.
 */
export function storyOf(lines: readonly StoryLine[]): readonly DisputeEvent[] {
  const compiled = compileMachine();
  const [{ event: created } = { event: null }] = lines;
  if (created?.type !== 'PaymentOrderCreated') throw new Error('a story begins with its creation');
  const stream = streamOf(created.orderNo);
  const events: DisputeEvent[] = [];
  let fold: Fold | null = null;
  let began: DisputeEvent | null = null;
  let prevHash = chainStart;
  for (const [revision, line] of lines.entries()) {
    const seed = sha256(`${stream} ${revision}`);
    const id = idOf(seed);
    const isAnswer = usual(line.event.type).source === 'gateway';
    const metadata = {
      ...{ recordedAt: instant(line.at), occurredAt: line.occurred && instant(line.occurred) },
      ...usual(line.event.type, line),
      ...{ commandId: line.commandId, noticeId: line.noticeId, vouchedBy: line.vouchedBy },
      $correlationId: isAnswer && began !== null ? correlationOf(began) : idOf(`cause of ${seed}`),
      $causationId: isAnswer ? began?.id : undefined,
    };
    const cause = causeOf({ id, metadata });
    const next: Fold | null =
      fold === null
        ? compiled.interpreter.start(created, cause)
        : compiled.interpreter.next(fold, line.event, cause);
    if (next === null)
      throw new Error(`${revision}: ${fold?.state ?? ''} refuses ${line.event.type}`);
    const chained = {
      ...metadata,
      ...{ from: fold?.state ?? null, to: next.state, machine: compiled.identity },
      schemaVersion: currentSchemaVersion(line.event.type),
    };
    const place = { stream, revision, prevHash };
    const { stored } = encodeEvent(id, line.event, chained, place, { randomHex: saltsFrom(seed) });
    const { type, data } = stored;
    const written = { stream, revision, id, type, data, metadata: stored.metadata };
    events.push(written);
    if (isBeginning(line.event.type)) began = written;
    fold = next;
    prevHash = stored.metadata.hash;
  }
  return events;
}

/** An id that follows from a text. */
function idOf(seed: string): string {
  return uuidOf(sha256(seed).slice(0, 32));
}

function correlationOf({ metadata }: DisputeEvent): string {
  return String(metadata['$correlationId']);
}

function saltsFrom(seed: string): (bytes: number) => string {
  return (bytes) => createHash('shake256', { outputLength: bytes }).update(seed).digest('hex');
}

function isBeginning(type: EventType): boolean {
  return ['CancelRequested', 'CancelRetryDue', 'CancelRetryRequested'].includes(type);
}

/** Who causes such an event where nothing else is said, and by which way it came. */
function usual(
  type: EventType,
  { actor, source }: Context = {},
): Pick<ChainedMetadata, 'actor' | 'source'> {
  const by = (kind: string, id: string, through: string) => ({
    actor: actor ?? { kind, id },
    source: source ?? through,
  });
  switch (type) {
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown':
      return by('gateway', `${gateway.name}/payment.order.cancel`, 'gateway');
    case 'StatusReported':
      return by('timer', 'recovery', 'query');
    case 'CancelRetryDue':
      return by('timer', 'recovery', 'timer');
    case 'PaymentSucceeded':
    case 'PaymentFailed':
    case 'PaymentDeclined':
    case 'PaymentRefunded':
    case 'ClosedAtGateway':
      return by('service', 'payment-notices', 'notice');
    case 'CancelRequested':
    case 'CommandRejected':
      return by('customer', 'c-1024', 'command');
    case 'CancelRetryRequested':
    case 'CancelAbandoned':
    case 'CancelResolved':
    case 'FactRetracted':
    case 'AnomalyAcknowledged':
      return by('operator', 'li.wei', 'command');
    case 'PaymentOrderCreated':
    case 'PaymentStarted':
      return by('service', 'order-service', 'command');
  }
}

const account = { attemptDeadlineMs: 30_000, gateway };

const told = (name: string) => ({
  noticeId: sha256(`notice ${name}`),
  vouchedBy: 'platform network',
});

/** What the platform answered to a request, in the fields that every call keeps. */
function answer(at: LocalTime, sent: LocalTime, httpStatus: number, code: string, message: string) {
  return {
    ...callAt(at, sent),
    httpStatus,
    ...{ requestId: idOf(`request ${sent}`), responseCode: code, responseMsg: message },
    answerSha256: sha256(`answer ${sent}`),
  };
}

function callAt(at: LocalTime, sent: LocalTime) {
  const sentAt = instant(sent);
  return {
    ...{ sentAt, durationMs: Date.parse(instant(at)) - Date.parse(sentAt) - 2 },
    nonce: sha256(sent).slice(0, 6),
    timestamp: Date.parse(sentAt) - 3,
    requestSha256: sha256(`request body ${sent}`),
  };
}

/** The lines that most stories are written with. */
export const lines = {
  created: (at: LocalTime, orderNo: string, bill: string, amountMinor = 12_800): StoryLine => ({
    at,
    event: {
      ...{ type: 'PaymentOrderCreated', orderNo, processBillNo: bill },
      ...{ amountMinor, currency: 'CNY', gateway },
    },
  }),
  started: (at: LocalTime): StoryLine => ({ at, event: { type: 'PaymentStarted' } }),
  requested: (at: LocalTime, reason = '临时决定关单取消支付'): StoryLine => ({
    ...{ at, commandId: `cancel-${sha256(at).slice(0, 8)}` },
    event: { type: 'CancelRequested', reason, ...account },
  }),
  due: (at: LocalTime): StoryLine => ({ at, event: { type: 'CancelRetryDue', ...account } }),
  retried: (at: LocalTime, note: string): StoryLine => ({
    at,
    event: { type: 'CancelRetryRequested', note, ...account },
  }),
  confirmed: (at: LocalTime, sent: LocalTime, attempt = 1): StoryLine => ({
    at,
    event: {
      ...{ type: 'CancelConfirmed', attempt, rule: 'confirmed' },
      ...answer(at, sent, 200, '000', '成功'),
    },
  }),
  refused: (at: LocalTime, sent: LocalTime, attempt: number, retryInMs: number): StoryLine => ({
    at,
    event: {
      ...{ type: 'CancelRefused', attempt, rule: 'refused', retryInMs },
      ...answer(at, sent, 200, '000', '成功'),
    },
  }),
  lost: (at: LocalTime, sent: LocalTime, attempt: number, retryInMs: number): StoryLine => ({
    at,
    event: {
      ...{ type: 'CancelOutcomeUnknown', attempt, rule: 'answer-timeout', retryInMs },
      ...callAt(at, sent),
    },
  }),
  unsent: (at: LocalTime, attempt: number, retryInMs: number | null): StoryLine => ({
    at,
    event: { type: 'CancelNotExecuted', attempt, rule: 'dns-failed', durationMs: 4, retryInMs },
  }),
  busy: (at: LocalTime, sent: LocalTime, attempt: number, retryInMs: number): StoryLine => ({
    at,
    event: {
      ...{ type: 'CancelNotExecuted', attempt, rule: 'http-429', retryInMs },
      ...answer(at, sent, 429, '429', '请求过于频繁'),
    },
  }),
  blocked: (at: LocalTime, sent: LocalTime, attempt: number): StoryLine => ({
    at,
    event: {
      ...{ type: 'CancelBlocked', attempt, rule: 'signature-refused', retryInMs: null },
      ...answer(at, sent, 401, '401001', '签名校验失败'),
    },
  }),
  reported: (
    at: LocalTime,
    sent: LocalTime,
    event: Pick<PaymentOrderEvent<'StatusReported'>, 'status' | 'headRevision' | 'retryInMs'> &
      Partial<PaymentOrderEvent<'StatusReported'>>,
  ): StoryLine => ({
    at,
    event: {
      ...{ rule: event.status, attempts: 1, conclusive: true },
      ...answer(at, sent, 200, '000', '成功'),
      ...event,
      type: 'StatusReported',
    },
  }),
  paid: (
    at: LocalTime,
    occurred: LocalTime,
    transactionNo: string,
    amountMinor = 12_800,
  ): StoryLine => ({
    ...{ at, occurred, ...told(transactionNo) },
    event: { type: 'PaymentSucceeded', transactionNo, amountMinor, currency: 'CNY' },
  }),
  rejected: (
    at: LocalTime,
    code: string,
    command = 'RequestCancel',
    reason?: string,
  ): StoryLine => ({
    at,
    event: { type: 'CommandRejected', command, code, ...(reason === undefined ? {} : { reason }) },
  }),
};

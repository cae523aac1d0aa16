import type { ModelEvent, Order, ReportEvent } from './order.ts';

/**
 * How long ago something was drawn, in ticks: 0 = an attempt may still be sent, 1 = too late to
 * send and not yet abandoned (a wait of a retry is over), 2 = its deadline has passed.
 */
export type Age = 0 | 1 | 2;

/** An append that its worker has not settled. */
export type Batch = {
  readonly event: ModelEvent;
  /** How many events the stream had when it was read. */
  readonly expected: number;
  readonly tries: 1 | 2;
  readonly stored: boolean;
  /** A copy that was given up and may still arrive; under the id in use, or an older one. */
  readonly delayed: 'none' | 'own' | 'other-id';
  /** Stored under an id that the worker no longer asks for: planted bugs alone do that. */
  readonly forgotten: boolean;
  readonly age: Age;
};

/** What a worker wants recorded, until it is, or until there is nothing to record. */
export type Task =
  | { readonly kind: 'cancel' | 'pay' | 'retract' | 'timer' }
  | {
      readonly kind: 'resolve';
      readonly as: 'cancelled' | 'open';
      /** How many attempts there were when the operator looked: the evidence speaks of these. */
      readonly attempts: number;
    }
  | {
      readonly kind: 'outcome';
      readonly event: ModelEvent & { readonly kind: 'outcome' };
      /** The attempt was given up before. */
      readonly isLate?: boolean;
    }
  | { readonly kind: 'report'; readonly event: ReportEvent; readonly isWaitedFor: boolean };

/** The ticket for an attempt, and what becomes of it. */
export type Call = {
  readonly attempt: number;
  /**
   * - `doubtful`: its append needed a retry: the stream is looked at before it is sent.
   * - `ready`: may be sent.
   * - `out`: sent, waiting for the answer.
   * - `late`: not answered by the deadline; a later answer is recorded too.
   */
  readonly at: 'doubtful' | 'ready' | 'out' | 'late';
  readonly age: Age;
  /** The answer on its way back. */
  readonly reply: 'confirmed' | 'refused' | null;
};

/** A question that was sent. It changes nothing, so nothing is recorded before it. */
export type Question = Pick<ReportEvent, 'conclusive' | 'attempts' | 'head'> & {
  /** Of recovery, which waits for the answer; else of an operator, or after a refusal. */
  readonly isWaitedFor: boolean;
  /** At 2 nobody waits for the answer any more. */
  readonly age: Age;
};

/** One process. All of it is forgotten when it crashes. */
export type Worker = {
  readonly task: Task | null;
  readonly batch: Batch | null;
  readonly call: Call | null;
  readonly question: Question | null;
};

/** A copy of an append that no process waits for. */
export type Orphan = {
  readonly event: ModelEvent;
  readonly expected: number;
  readonly age: Age;
};

export type State = {
  readonly stream: readonly ModelEvent[];
  readonly order: Order;
  /** Age of what the order waits for: the attempt in flight, or the wait before the next one. */
  readonly waited: Age;
  readonly workers: readonly Worker[];
  readonly orphans: readonly Orphan[];
  /** Requests between us and the gateway, by attempt. */
  readonly requests: readonly number[];
  readonly gateway: {
    readonly closed: boolean;
    /** While it is not 2, the gateway may still call the order open. */
    readonly closedFor: Age;
    readonly paid: boolean;
  };
  /**
   * Age of the attempts' last event: from 1 on, no attempt can take effect any more. Null where
   * nobody can be asked.
   */
  readonly touched: 0 | 1 | null;
  /** How many more questions operators may ask. */
  readonly asksLeft: number;
  /** How often each attempt was sent. */
  readonly sent: readonly number[];
  /** How many more crashes, lost and late messages there may be. */
  readonly faultsLeft: number;
  /** What a step itself broke, such as a request that left too early. */
  readonly broken: readonly string[];
};

export const idle: Worker = { task: null, batch: null, call: null, question: null };

export const isIdle = ({ task, batch, call, question }: Worker): boolean =>
  task === null && batch === null && call === null && question === null;

export const nameOf = (worker: number): string => 'ABCDEFGH'[worker] ?? `W${worker}`;

/** Workers are alike: their names do not matter. */
export function canonical(state: State): string {
  const { stream, waited, workers, orphans, requests, gateway, sent, faultsLeft } = state;
  const { touched, asksLeft } = state;
  return [
    streamCode(stream),
    `${faultsLeft} ${waited}${gateway.closed ? `c${gateway.closedFor}` : ''}${gateway.paid ? 'p' : ''}`,
    `${touched} ${asksLeft}`,
    workers.map(rememberedCode).toSorted().join('|'),
    orphans.map(({ event, age }) => code(event) + String(age)).join(' '),
    requests.join(' '),
    sent.join(' '),
    state.broken.join(' '),
  ].join(';');
}

const kindCodes = {
  requested: 'R',
  'retry-due': 'T',
  paid: 'P',
  retracted: 'X',
  retract: 'x',
  cancel: 'c',
  pay: 'p',
  timer: 't',
};
const statusCodes = { pending: 'o', closed: 'c', paid: 'p', unknown: 'u' };
const answerCodes = { confirmed: 'c', refused: 'r', 'not-executed': 'n', unknown: 'u' };

function code(event: ModelEvent): string {
  switch (event.kind) {
    case 'resolved':
      return event.as === 'open' ? 'Ro' : 'Rc';
    case 'reported': {
      const { status, conclusive, attempts, head, spent } = event;
      return `S${statusCodes[status]}${conclusive ? '.' : ''}${attempts}@${head}${spent ? '!' : ''}`;
    }
    case 'outcome': {
      const { attempt, answer, rule, spent } = event;
      // Rules of one answer differ in their first letters.
      return `${answerCodes[answer]}${attempt}${rule.slice(0, 6)}${spent ? '!' : ''}`;
    }
    default:
      return kindCodes[event.kind];
  }
}

/** Streams and workers are shared by thousands of states: each is spelled once. */
const streamCodes = new WeakMap<readonly ModelEvent[], string>();
const workerCodes = new WeakMap<Worker, string>();

function streamCode(stream: readonly ModelEvent[]): string {
  let spelled = streamCodes.get(stream);
  if (spelled === undefined) streamCodes.set(stream, (spelled = stream.map(code).join(' ')));
  return spelled;
}

function rememberedCode(worker: Worker): string {
  let spelled = workerCodes.get(worker);
  if (spelled === undefined) workerCodes.set(worker, (spelled = workerCode(worker)));
  return spelled;
}

function workerCode({ task, batch, call, question }: Worker): string {
  const parts: string[] = [];
  if (task !== null) parts.push(taskCode(task));
  if (batch !== null) {
    const { event, expected, tries, stored, delayed, forgotten, age } = batch;
    const flags = `${stored ? 's' : ''}${forgotten ? 'f' : ''}${delayed === 'none' ? '' : delayed}`;
    parts.push(`${code(event)}@${expected}x${tries}${flags}${age}`);
  }
  if (call !== null) {
    const { attempt, at, age, reply } = call;
    parts.push(`${attempt}${at}${age}${reply ?? ''}`);
  }
  if (question !== null) {
    const { conclusive, attempts, head, isWaitedFor, age } = question;
    parts.push(`?${conclusive ? '.' : ''}${attempts}@${head}${isWaitedFor ? 'w' : ''}${age}`);
  }
  return parts.join(',');
}

function taskCode(task: Task): string {
  switch (task.kind) {
    case 'resolve':
      return `${task.as}${task.attempts}`;
    case 'outcome':
      return `${code(task.event)}${task.isLate === true ? 'l' : ''}`;
    case 'report':
      return `${code(task.event)}${task.isWaitedFor ? 'w' : ''}`;
    default:
      return kindCodes[task.kind];
  }
}

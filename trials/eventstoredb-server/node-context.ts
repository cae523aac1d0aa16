import type { Metadata } from '@grpc/grpc-js';
import type { Expected } from './decision.ts';
import { accessDenied, notLeader, notReady, unauthenticated } from './failures.ts';
import type { Failure } from './failures.ts';
import type { Faults, StreamFault } from './faults.ts';
import type { EventLog } from './log.ts';

/** The part of a `Runtime` that the server needs; `simulatedRuntime()` fits. */
export type Clock = {
  now(): number;
  setTimer(delayMs: number, run: () => void): () => void;
};

/** One attempt to append. The server lists them in the order in which it settled them. */
export type AppendCall = {
  readonly via: 'append' | 'batch-append';
  readonly stream: string;
  readonly expected: Expected;
  readonly ids: readonly string[];
  /** What happened to the log, whatever the answer was. */
  readonly outcome:
    | 'appended'
    | 'idempotent'
    | 'wrong-expected-version'
    | 'stream-deleted'
    | 'refused'
    | 'not-stored';
  /** The kind of the fault that the call met. */
  readonly fault?: string;
};

export type Member = { readonly host: string; readonly port: number };

/** A running subscription. */
export type RunningSubscription = { readonly stream: string; break(fault: StreamFault): void };

/** An append that was not answered yet. */
export type RunningAppend = {
  /** The server stops: it stores nothing more, and says that its operation timed out. */
  readonly abort: () => void;
};

/** The state that the services of one node share. */
export type NodeContext = {
  readonly log: EventLog;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly maxAppendSizeBytes: number;
  readonly withBatchAppend: boolean;
  readonly streamReadsWithPosition: boolean;
  readonly appendCalls: AppendCall[];
  readonly appends: Set<RunningAppend>;
  /** False while it starts or stops: every call is answered 'Server Is Not Ready'. */
  isReady(): boolean;
  /** Calls wait up to this, ms, before they are looked at, each on its own: any order is possible. */
  readonly disorderMs: number;
  /** From 0 to 1. */
  random(): number;
  readonly subscriptions: Set<RunningSubscription>;
  readonly sent: { events: number };
  /** Null where this node is the leader. */
  leaderElsewhere(): Member | null;
  members(): readonly (Member & { readonly leads: boolean; readonly alive: boolean })[];
  /** Resets the caller's connection. */
  reset(peer: string): void;
};

export function refusal(
  context: NodeContext,
  metadata: Metadata,
  kind: 'read' | 'write',
): Failure | null {
  if (!context.isReady()) return notReady();
  const denied = authenticate(context.credentials, metadata);
  if (denied !== null) return denied;
  const leader = context.leaderElsewhere();
  const needsLeader = kind === 'write' || metadata.get('requires-leader')[0] === 'true';
  return leader !== null && needsLeader ? notLeader(leader) : null;
}

function authenticate(known: NodeContext['credentials'], metadata: Metadata): Failure | null {
  if (known === undefined) return null;
  const [header] = metadata.get('authorization');
  if (header === undefined) return accessDenied();
  const right = Buffer.from(`${known.username}:${known.password}`).toString('base64');
  return header === `Basic ${right}` ? null : unauthenticated();
}

export function leaderOfFault(
  context: NodeContext,
  fault: { readonly leader?: Member; readonly trailers?: boolean },
): Failure {
  if (fault.trailers === false) return notLeader(null);
  const [own] = context.members().filter(({ leads }) => leads);
  return notLeader(fault.leader ?? own ?? null);
}

/** Until the server comes to a call. */
export async function turnOf(context: NodeContext): Promise<void> {
  const { clock, disorderMs } = context;
  if (disorderMs > 0) await pause(clock, context.random() * disorderMs);
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve);
  });
}

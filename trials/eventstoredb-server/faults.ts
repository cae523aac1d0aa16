import type { status } from '@grpc/grpc-js';

/** The calls that a fault is for. */
export type FaultScope = {
  /** For how many matching calls. Default 1. */
  readonly times?: number;
  /** Only for calls that name this stream (`$all` for reads of everything). */
  readonly stream?: string;
};

/** `commits`: whether the events are stored in spite of the fault. */
export type AppendFault =
  | { readonly kind: 'reset'; readonly commits: boolean }
  | { readonly kind: 'silence'; readonly commits: boolean }
  /** The call, or the shared batch stream, ends with OK and without an answer. */
  | { readonly kind: 'end'; readonly commits: boolean }
  /** `wholeCall`: fails the shared batch stream with all its appends, not this append alone. */
  | StatusFault<{ readonly commits: boolean; readonly wholeCall?: boolean }>
  | { readonly kind: 'wrong-expected-version'; readonly commits: boolean; readonly current: bigint }
  /** Waits, then goes on as usual; stores nothing if the caller has given up by then. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** No answer; stored `ms` after the caller gave up. */
  | { readonly kind: 'late-commit'; readonly ms: number }
  /** Stored, and answered without a position, as servers may answer a retry. */
  | { readonly kind: 'no-position' }
  | NotLeaderFault;

/** Breaks a read or a subscription; 'stall' keeps it open and sends nothing more. */
export type StreamFault = {
  /** How many events are sent before it. Default 0. */
  readonly afterEvents?: number;
} & (
  | StatusFault
  | NotLeaderFault
  | { readonly kind: 'end' | 'stall' | 'reset' }
  | { readonly kind: 'delay'; readonly ms: number }
);

export type SubscriptionFault =
  | StreamFault
  /** Sent instead of the checkpoint on going live (servers before 24.10.5: 2^64 - 1, twice). */
  | { readonly kind: 'checkpoint'; readonly commit: bigint; readonly prepare: bigint };

export type UnaryFault =
  StatusFault | { readonly kind: 'silence' } | { readonly kind: 'delay'; readonly ms: number };

type StatusFault<More = unknown> = More & {
  readonly kind: 'status';
  readonly code: status;
  readonly details?: string;
};

/** `trailers: false` leaves out the leader; client 6.2.1 then throws outside of any promise. */
type NotLeaderFault = {
  readonly kind: 'not-leader';
  readonly leader?: { readonly host: string; readonly port: number };
  readonly trailers?: boolean;
};

/** The pending faults: a queue per kind of call. */
export class Faults {
  readonly #appends = new Queue<AppendFault>();
  readonly #reads = new Queue<StreamFault>();
  readonly #subscriptions = new Queue<SubscriptionFault>();
  readonly #features = new Queue<UnaryFault>();
  readonly #gossip = new Queue<UnaryFault>();

  /** For Append and BatchAppend. */
  onAppend(fault: AppendFault, scope?: FaultScope): void {
    this.#appends.add(fault, scope);
  }

  onRead(fault: StreamFault, scope?: FaultScope): void {
    this.#reads.add(fault, scope);
  }

  /** For future subscriptions; `breakSubscriptions` is for running ones. */
  onSubscribe(fault: SubscriptionFault, scope?: FaultScope): void {
    this.#subscriptions.add(fault, scope);
  }

  onFeatures(fault: UnaryFault, scope?: FaultScope): void {
    this.#features.add(fault, scope);
  }

  onGossip(fault: UnaryFault, scope?: FaultScope): void {
    this.#gossip.add(fault, scope);
  }

  takeAppend(stream: string): AppendFault | undefined {
    return this.#appends.take(stream);
  }

  takeRead(stream: string): StreamFault | undefined {
    return this.#reads.take(stream);
  }

  takeSubscription(stream: string): SubscriptionFault | undefined {
    return this.#subscriptions.take(stream);
  }

  takeFeatures(): UnaryFault | undefined {
    return this.#features.take('');
  }

  takeGossip(): UnaryFault | undefined {
    return this.#gossip.take('');
  }

  /** How many faults are pending. */
  pending(): number {
    return this.#queues().reduce((sum, queue) => sum + queue.pending(), 0);
  }

  clear(): void {
    for (const queue of this.#queues()) queue.clear();
  }

  #queues() {
    return [this.#appends, this.#reads, this.#subscriptions, this.#features, this.#gossip];
  }
}

class Queue<Fault> {
  #waiting: { readonly fault: Fault; readonly stream: string | undefined; times: number }[] = [];

  add(fault: Fault, { times = 1, stream }: FaultScope = {}): void {
    this.#waiting.push({ fault, stream, times });
  }

  take(stream: string): Fault | undefined {
    const found = this.#waiting.find((each) => each.stream === undefined || each.stream === stream);
    if (found === undefined) return undefined;
    found.times -= 1;
    this.#waiting = this.#waiting.filter(({ times }) => times > 0);
    return found.fault;
  }

  pending(): number {
    return this.#waiting.reduce((sum, { times }) => sum + times, 0);
  }

  clear(): void {
    this.#waiting = [];
  }
}

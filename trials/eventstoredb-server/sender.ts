import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { failure } from './failures.ts';
import type { Failure } from './failures.ts';
import type { StreamFault } from './faults.ts';
import { leaderOfFault, pause, turnOf } from './node-context.ts';
import type { NodeContext } from './node-context.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** The server side of one read: waits for a slow client, and breaks where a fault asks for it. */
export class Sender {
  readonly #context: NodeContext;
  readonly #call: ReadCall;
  #fault: StreamFault | undefined;
  #sentEvents = 0;
  #open = true;
  readonly #wakers = new Set<() => void>();
  readonly #wake: () => void;

  constructor(context: NodeContext, call: ReadCall, fault?: StreamFault) {
    this.#context = context;
    this.#call = call;
    this.#fault = fault;
    this.#wake = () => {
      for (const run of [...this.#wakers]) run();
    };
    for (const happening of ['cancelled', 'drain', 'close']) call.on(happening, this.#wake);
  }

  isOpen(): boolean {
    return this.#open && !this.#call.cancelled && !this.#call.destroyed;
  }

  /** Waits for its turn, and applies a fault before anything is sent. */
  async begin(): Promise<void> {
    await turnOf(this.#context);
    await this.#breakWhenDue();
  }

  async event(message: ReadResp): Promise<void> {
    await this.send(message);
    this.#context.sent.events += 1;
    this.#sentEvents += 1;
    await this.#breakWhenDue();
  }

  async send(message: ReadResp): Promise<void> {
    if (!this.isOpen()) return;
    if (!this.#call.write(message)) await this.wait();
  }

  /** Waits until the client reads on, the call is over, or `alsoOn` calls back. */
  async wait(alsoOn?: (run: () => void) => () => void): Promise<void> {
    if (!this.isOpen()) return;
    let stop: (() => void) | undefined;
    let waker: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      waker = resolve;
      this.#wakers.add(resolve);
      stop = alsoOn?.(resolve);
    });
    stop?.();
    if (waker !== undefined) this.#wakers.delete(waker);
  }

  end(): void {
    if (!this.isOpen()) return;
    this.#close();
    this.#call.end();
  }

  fail(error: Failure): void {
    if (!this.isOpen()) return;
    this.#close();
    this.#call.emit('error', error);
  }

  async break(fault: StreamFault): Promise<void> {
    switch (fault.kind) {
      case 'delay':
        await pause(this.#context.clock, fault.ms);
        return;
      case 'end':
        this.end();
        return;
      case 'stall':
        this.#close();
        return;
      case 'reset':
        this.#close();
        this.#context.reset(this.#call.getPeer());
        return;
      case 'not-leader':
        this.fail(leaderOfFault(this.#context, fault));
        return;
      case 'status':
        this.fail(failure(fault.code, fault.details ?? `Fault ${status[fault.code]}`));
        return;
    }
  }

  async #breakWhenDue(): Promise<void> {
    const fault = this.#fault;
    if (fault === undefined || (fault.afterEvents ?? 0) > this.#sentEvents) return;
    this.#fault = undefined;
    await this.break(fault);
  }

  #close(): void {
    this.#open = false;
    this.#wake();
  }
}

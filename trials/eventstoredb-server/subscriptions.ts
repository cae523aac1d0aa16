import { randomUUID } from 'node:crypto';
import { streamDeleted } from './failures.ts';
import type { SubscriptionFault } from './faults.ts';
import type { StoredEvent } from './log.ts';
import { caughtUpMessage, checkpointMessage, confirmationMessage } from './messages.ts';
import type { NodeContext, RunningSubscription } from './node-context.ts';
import { allStream } from './read-plan.ts';
import type { ReadPlan } from './read-plan.ts';
import { messageOf } from './resolve.ts';
import { Sender } from './sender.ts';
import type { ReadCall } from './sender.ts';

type Forged = Extract<SubscriptionFault, { kind: 'checkpoint' }>;

/** Sends a confirmation, the events after the start, checkpoint and caught-up, then new events. */
export async function subscribe(
  context: NodeContext,
  call: ReadCall,
  plan: ReadPlan,
): Promise<void> {
  const fault = context.faults.takeSubscription(plan.stream);
  const forged = fault?.kind === 'checkpoint' ? fault : undefined;
  const sender = new Sender(context, call, fault?.kind === 'checkpoint' ? undefined : fault);
  const running: RunningSubscription = {
    stream: plan.stream,
    break: (broken) => void sender.break(broken),
  };
  context.subscriptions.add(running);
  try {
    await sender.begin();
    if (context.log.isTombstoned(plan.stream)) sender.fail(streamDeleted(plan.stream));
    // The start is fixed before the confirmation, so that no event in between is lost.
    const cursor = new Cursor(context, plan);
    await sender.send(confirmationMessage(randomUUID()));
    await follow(context, plan, cursor, sender, forged);
  } finally {
    context.subscriptions.delete(running);
  }
}

async function follow(
  context: NodeContext,
  plan: ReadPlan,
  cursor: Cursor,
  sender: Sender,
  forged: Forged | undefined,
): Promise<void> {
  const { filter } = plan;
  let looked = 0;
  let isLive = false;
  /** Where the page begins that is being looked at: that is what a server says while it catches up. */
  let page = plan.from === 'start' ? 0n : null;
  while (sender.isOpen()) {
    for (let event = cursor.next(); event !== undefined && sender.isOpen(); event = cursor.next()) {
      if (filter?.matches(event) ?? true) {
        await sender.event(messageOf(context, plan, event));
      }
      looked += 1;
      page ??= event.position;
      if (filter === null || looked < filter.checkpointEvery) continue;
      const { position } = event;
      await sender.send(
        isLive ? checkpointMessage(position, position) : checkpointMessage(page, 0n),
      );
      looked = 0;
      page = null;
    }
    if (!isLive) {
      isLive = true;
      if (filter !== null) await sender.send(checkpointAt(cursor.position, forged));
      await sender.send(caughtUpMessage());
    }
    if (cursor.atEnd()) await sender.wait((run) => context.log.onChange(run));
  }
}

function checkpointAt(position: bigint, forged: Forged | undefined) {
  return checkpointMessage(forged?.commit ?? position, forged?.prepare ?? position);
}

/** The place of a subscription; it begins after the place it was given. */
class Cursor {
  readonly #events: () => readonly StoredEvent[];
  #index: number;
  /** The last position that was looked at. */
  position = 0n;

  constructor({ log }: NodeContext, { stream, from, isBefore }: ReadPlan) {
    const isAll = stream === allStream;
    this.#events = isAll ? () => log.all() : () => log.events(stream);
    if (from === 'start') {
      this.#index = isAll ? 0 : Number(log.visible(stream)?.[0]?.revision ?? 0n);
    } else if (from === 'end') this.#index = this.#events().length;
    else if (isAll) this.#index = log.indexFrom(isBefore ? from : from + 1n);
    else this.#index = Number(from + 1n);
    this.position = isAll ? (this.#events()[this.#index - 1]?.position ?? 0n) : 0n;
  }

  next(): StoredEvent | undefined {
    const event = this.#events()[this.#index];
    if (event === undefined) return undefined;
    this.#index += 1;
    this.position = event.position;
    return event;
  }

  atEnd(): boolean {
    return this.#index >= this.#events().length;
  }
}

import { badRequest, invalidPosition, streamDeleted } from './failures.ts';
import type { StoredEvent } from './log.ts';
import { streamNotFoundMessage } from './messages.ts';
import { refusal } from './node-context.ts';
import type { NodeContext } from './node-context.ts';
import { allStream, planOf } from './read-plan.ts';
import type { ReadPlan } from './read-plan.ts';
import { messageOf } from './resolve.ts';
import { Sender } from './sender.ts';
import type { ReadCall } from './sender.ts';
import { subscribe } from './subscriptions.ts';

export async function read(context: NodeContext, call: ReadCall): Promise<void> {
  const plan = planOf(call.request, (bytes) => Buffer.from(bytes).toString('utf8'));
  const refused = refusal(context, call.metadata, 'read');
  if (plan === null || refused !== null) {
    new Sender(context, call).fail(refused ?? badRequest('Nothing to read is named.'));
    return;
  }
  const isOfAll = plan.stream === allStream && typeof plan.from === 'bigint';
  if (isOfAll && !context.log.isBoundary(plan.from)) {
    new Sender(context, call).fail(invalidPosition());
    return;
  }
  if (plan.countMax === null) {
    await subscribe(context, call, plan);
    return;
  }
  const sender = new Sender(context, call, context.faults.takeRead(plan.stream));
  await sender.begin();
  if (context.log.isTombstoned(plan.stream)) {
    sender.fail(streamDeleted(plan.stream));
    return;
  }
  // A real server may not see the stream again at once.
  const isUnseen = context.disorderMs > 0 && context.log.takeReborn(plan.stream);
  const events = isUnseen ? undefined : selected(context, plan);
  if (events === undefined) await sender.send(streamNotFoundMessage(plan.stream));
  for (const event of events ?? []) {
    if (!sender.isOpen()) break;
    await sender.event(messageOf(context, plan, event));
  }
  sender.end();
}

function* taken(
  events: readonly StoredEvent[],
  plan: ReadPlan,
  first: number,
): Generator<StoredEvent> {
  const step = plan.backwards ? -1 : 1;
  let left = plan.countMax ?? 0;
  for (let index = first; left > 0; index += step) {
    const event = events[index];
    if (event === undefined) return;
    if (plan.filter !== null && !plan.filter.matches(event)) continue;
    left -= 1;
    yield event;
  }
}

/** The log as it is now, without later writes; undefined where the stream is not found. */
function selected(context: NodeContext, plan: ReadPlan): Iterable<StoredEvent> | undefined {
  const { log } = context;
  const isAll = plan.stream === allStream;
  const events = isAll ? log.all().slice() : log.visible(plan.stream);
  if (events === undefined) return undefined;
  return taken(events, plan, isAll ? firstOfAll(context, plan) : firstOfStream(events, plan));
}

/** Forwards from a position on; backwards the events before it. */
function firstOfAll({ log }: NodeContext, { from, backwards }: ReadPlan): number {
  const { length } = log.all();
  if (from === 'start') return backwards ? -1 : 0;
  if (from === 'end') return backwards ? length - 1 : length;
  return backwards ? log.indexFrom(from) - 1 : log.indexFrom(from);
}

/** Inclusive both ways. */
function firstOfStream(events: readonly StoredEvent[], { from, backwards }: ReadPlan): number {
  const hidden = Number(events[0]?.revision ?? 0n);
  const last = events.length - 1;
  if (from === 'start') return backwards ? (hidden === 0 ? 0 : -1) : 0;
  if (from === 'end') return backwards ? last : last + 1;
  const index = from > BigInt(Number.MAX_SAFE_INTEGER) ? last + 1 : Number(from) - hidden;
  return backwards ? Math.min(index, last) : Math.max(index, 0);
}

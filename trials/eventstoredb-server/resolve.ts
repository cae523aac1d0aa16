import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './log.ts';
import { eventMessage } from './messages.ts';
import type { Resolved } from './messages.ts';
import type { NodeContext } from './node-context.ts';
import { allStream } from './read-plan.ts';
import type { ReadPlan } from './read-plan.ts';

/** The event in the form that this read sends. */
export function messageOf(context: NodeContext, plan: ReadPlan, event: StoredEvent): ReadResp {
  return eventMessage(resolve(context, plan, event), hasPosition(context, plan));
}

/** Stream reads have positions since 22.6; an option gives the sentinel of older servers. */
function hasPosition(context: NodeContext, plan: ReadPlan): boolean {
  return plan.stream === allStream || context.streamReadsWithPosition;
}

function resolve(context: NodeContext, plan: ReadPlan, event: StoredEvent): Resolved {
  if (!plan.resolveLinks || event.type !== '$>') return { event };
  const [revision = '', ...rest] = Buffer.from(event.data).toString('utf8').split('@');
  const visible = context.log.visible(rest.join('@')) ?? [];
  const target = visible.find((each) => String(each.revision) === revision);
  return target === undefined ? { link: event } : { event: target, link: event };
}

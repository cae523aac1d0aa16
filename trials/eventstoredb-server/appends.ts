import { status } from '@grpc/grpc-js';
import type { Expected } from './decision.ts';
import { cancelledByServer, failure, streamDeleted } from './failures.ts';
import type { Failure } from './failures.ts';
import type { AppendFault } from './faults.ts';
import type { AppendOutcome, ProposedEvent } from './log.ts';
import { leaderOfFault, pause, turnOf } from './node-context.ts';
import type { AppendCall, NodeContext, RunningAppend } from './node-context.ts';

export type Proposal = {
  readonly via: AppendCall['via'];
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
};

/** The ways in which one kind of call answers. */
export type AppendReply = {
  answer(outcome: Exclude<AppendOutcome, { kind: 'stream-deleted' }>): void;
  /** This append failed. */
  fail(failure: Failure): void;
  /** The call itself breaks; on a batch stream, every append of that client with it. */
  breakOff(failure: Failure): void;
  endWithoutAnswer(): void;
  gaveUp(): boolean;
  onGivenUp(run: () => void): void;
  readonly peer: string;
};

/** Decides one append, stores it and answers, or does what a pending fault asks for. */
export async function settleAppend(
  context: NodeContext,
  proposal: Proposal,
  reply: AppendReply,
): Promise<void> {
  const fault = context.faults.takeAppend(proposal.stream);
  const running = begin(context, reply);
  await turnOf(context);
  if (running.isAborted() || reply.gaveUp()) {
    running.end();
    record(context, proposal, 'not-stored', fault);
    return;
  }
  if (fault === undefined) {
    running.end();
    answer(proposal, reply, store(context, proposal));
    return;
  }
  if (fault.kind === 'late-commit') {
    reply.onGivenUp(() => {
      context.clock.setTimer(fault.ms, () => store(context, proposal, fault));
    });
    return;
  }
  if (fault.kind === 'delay') {
    await pause(context.clock, fault.ms);
    running.end();
    // A server drops a write whose caller is gone before the writer sees it.
    const isDropped = running.isAborted() || reply.gaveUp();
    if (isDropped) record(context, proposal, 'not-stored', fault);
    else answer(proposal, reply, store(context, proposal, fault));
    return;
  }
  // What stays silent stays in flight.
  if (fault.kind !== 'silence') running.end();
  spoil(context, proposal, reply, fault);
}

function begin(
  { appends }: NodeContext,
  reply: AppendReply,
): RunningAppend & { readonly isAborted: () => boolean; readonly end: () => void } {
  let isAborted = false;
  const running = {
    isAborted: () => isAborted,
    abort: () => {
      isAborted = true;
      running.end();
      reply.fail(cancelledByServer());
    },
    end: () => {
      appends.delete(running);
    },
  };
  appends.add(running);
  return running;
}

export function recordRefused(context: NodeContext, proposal: Proposal): void {
  record(context, proposal, 'refused');
}

function spoil(
  context: NodeContext,
  proposal: Proposal,
  reply: AppendReply,
  fault: Exclude<AppendFault, { kind: 'delay' | 'late-commit' }>,
): void {
  const commits = fault.kind === 'no-position' || ('commits' in fault && fault.commits);
  const outcome = commits ? store(context, proposal, fault) : null;
  if (!commits) record(context, proposal, 'not-stored', fault);
  switch (fault.kind) {
    case 'reset':
      context.reset(reply.peer);
      return;
    case 'silence':
      return;
    case 'end':
      reply.endWithoutAnswer();
      return;
    case 'status': {
      const spoiled = failure(fault.code, fault.details ?? `Fault ${status[fault.code]}`);
      if (fault.wholeCall === true) reply.breakOff(spoiled);
      else reply.fail(spoiled);
      return;
    }
    case 'not-leader':
      reply.breakOff(leaderOfFault(context, fault));
      return;
    case 'wrong-expected-version':
      reply.answer({ kind: 'wrong-expected-version', current: fault.current });
      return;
    case 'no-position':
      if (outcome !== null) answer(proposal, reply, withoutPosition(outcome));
      return;
  }
}

function withoutPosition(outcome: AppendOutcome): AppendOutcome {
  return 'position' in outcome ? { ...outcome, position: null } : outcome;
}

function store(context: NodeContext, proposal: Proposal, fault?: AppendFault): AppendOutcome {
  const { stream, events, expected } = proposal;
  const outcome = context.log.append(stream, events, expected);
  record(context, proposal, outcome.kind, fault);
  return outcome;
}

function answer(proposal: Proposal, reply: AppendReply, outcome: AppendOutcome): void {
  if (outcome.kind === 'stream-deleted') reply.fail(streamDeleted(proposal.stream));
  else reply.answer(outcome);
}

function record(
  context: NodeContext,
  proposal: Proposal,
  outcome: AppendCall['outcome'],
  fault?: AppendFault,
): void {
  const { via, stream, expected, events } = proposal;
  const met = fault === undefined ? {} : { fault: fault.kind };
  const ids = events.map(({ id }) => id);
  context.appendCalls.push({ via, stream, expected, ids, outcome, ...met });
}

import type { ModelEvent, OutcomeAnswer, ReportEvent, Status } from './order.ts';
import type { Task } from './state.ts';
import { nameOf } from './state.ts';

/** One step of the model: what the replay does to the real code, and a sentence for people. */
export type Act =
  /** Reads the stream and decides: `event` is what it will append, null where nothing is to do. */
  | {
      readonly kind: 'decide';
      readonly worker: number;
      readonly task: Task;
      readonly event: ModelEvent | null;
    }
  | { readonly kind: 'append'; readonly worker: number; readonly result: AppendStep }
  | { readonly kind: 'delayed-append-arrives'; readonly worker: number | null }
  | { readonly kind: 'look'; readonly worker: number; readonly inFlight: boolean }
  | { readonly kind: 'send' | 'not-sent'; readonly worker: number; readonly attempt: number }
  | { readonly kind: 'execute'; readonly attempt: number; readonly reply: 'confirmed' | 'refused' }
  | { readonly kind: 'request-lost'; readonly attempt: number }
  | {
      readonly kind: 'answered';
      readonly worker: number;
      readonly attempt: number;
      readonly answer: OutcomeAnswer;
    }
  | { readonly kind: 'ask'; readonly worker: number; readonly isWaitedFor: boolean }
  | { readonly kind: 'told'; readonly worker: number; readonly status: Status }
  | { readonly kind: 'crash'; readonly worker: number }
  | { readonly kind: 'payer-pays' | 'time-passes' }
  | { readonly kind: 'run-anyway'; readonly worker: number; readonly attempt: number };

/**
 * The result of one try of an append: `stored` now, `found-stored` (an earlier try was),
 * `conflict`; or it is not known: the `ack-lost`, the `request-lost`, or `delayed`: it may still
 * arrive.
 */
export type AppendStep =
  'stored' | 'found-stored' | 'conflict' | 'ack-lost' | 'request-lost' | 'delayed';

export function sentence(act: Act): string {
  switch (act.kind) {
    case 'decide':
      return act.event === null
        ? `${nameOf(act.worker)} reads the stream and has nothing to append`
        : `${nameOf(act.worker)} reads the stream and decides: ${eventName(act.event)}`;
    case 'append':
      return `${nameOf(act.worker)} appends: ${appendWords[act.result]}`;
    case 'delayed-append-arrives':
      return `an append that was given up${act.worker === null ? '' : ` by ${nameOf(act.worker)}`} arrives at the store`;
    case 'look':
      return `${nameOf(act.worker)} looks again: its attempt is ${act.inFlight ? '' : 'no longer '}in flight`;
    case 'send':
      return `${nameOf(act.worker)} sends attempt ${act.attempt}`;
    case 'not-sent':
      return `${nameOf(act.worker)} does not send attempt ${act.attempt}: too late`;
    case 'execute':
      return `the gateway gets attempt ${act.attempt}: ${act.reply}`;
    case 'request-lost':
      return `the request of attempt ${act.attempt} is lost`;
    case 'answered':
      return `${nameOf(act.worker)} takes attempt ${act.attempt} for ${act.answer}`;
    case 'ask':
      return `${nameOf(act.worker)} asks${act.isWaitedFor ? ' in doubt' : ' for an operator'}`;
    case 'told':
      return `${nameOf(act.worker)} is told: ${act.status}`;
    case 'crash':
      return `${nameOf(act.worker)} crashes and is started again`;
    case 'payer-pays':
      return 'the payer pays at the gateway';
    case 'time-passes':
      return 'time passes';
    case 'run-anyway':
      return `${nameOf(act.worker)} reads of attempt ${act.attempt} and runs it`;
  }
}

/** What a campaign must see: a step by its kind, and by how it went. */
export function nameOfAct(act: Act): string {
  switch (act.kind) {
    case 'append':
      return `append ${act.result}`;
    case 'answered':
      return `taken for ${act.answer}`;
    case 'execute':
      return `gateway ${act.reply}`;
    case 'ask':
      return act.isWaitedFor ? 'asks in doubt' : 'asks for an operator';
    case 'told':
      return `is told ${act.status}`;
    case 'decide':
      if (act.event?.kind === 'reported') return `decides StatusReported ${act.event.status}`;
      return act.event === null ? 'nothing to append' : `decides ${eventName(act.event)}`;
    case 'look':
      return act.inFlight ? 'looks: in flight' : 'looks: given up meanwhile';
    case 'delayed-append-arrives':
    case 'send':
    case 'not-sent':
    case 'request-lost':
    case 'crash':
    case 'payer-pays':
    case 'time-passes':
    case 'run-anyway':
      return act.kind;
  }
}

const appendWords: Record<AppendStep, string> = {
  stored: 'stored',
  'found-stored': 'it was stored by the try before',
  conflict: 'another writer was first, nothing is stored',
  'ack-lost': 'stored, and the acknowledgement is lost',
  'request-lost': 'the request is lost',
  delayed: 'no answer, and it may still arrive',
};

const outcomeNames: Record<OutcomeAnswer, string> = {
  confirmed: 'CancelConfirmed',
  refused: 'CancelRefused',
  'not-executed': 'CancelNotExecuted',
  unknown: 'CancelOutcomeUnknown',
};

/** Besides the status, what the answer is taken to be about. */
function reportName({ status, attempts, head, conclusive }: ReportEvent): string {
  const when = `asked after ${attempts} attempts and ${head} events`;
  return `StatusReported ${status} (${when}${conclusive ? ', conclusive' : ''})`;
}

export function eventName(event: ModelEvent): string {
  switch (event.kind) {
    case 'requested':
      return 'CancelRequested';
    case 'retry-due':
      return 'CancelRetryDue';
    case 'paid':
      return 'PaymentSucceeded';
    case 'retracted':
      return 'FactRetracted';
    case 'resolved':
      return `CancelResolved ${event.as}`;
    case 'reported':
      return reportName(event);
    case 'outcome':
      return `${outcomeNames[event.answer]} of attempt ${event.attempt} (${event.rule})`;
  }
}

import type { ErrorCode } from '../../errors.ts';
import { en as attention } from '../attention/en.ts';
import { en as bill } from '../bill/en.ts';
import type { AskReceipt } from '../../order/types.ts';
import { en as events } from '../events/en.ts';
import { doctor, store } from '../doctor/en.ts';
import { en as history } from '../history/en.ts';
import { en as inbox } from '../inbox/en.ts';
import { en as tlog } from '../tlog/en.ts';
import { en as work } from '../work/en.ts';
import type { Language } from '../language.ts';
import { columns, counted } from '../phrases.ts';

/** How an anomaly stands. */
type Standing = 'open' | 'acknowledged' | 'retracted';

/** A timer that was fired, as it is shown. */
type FiredTexts = {
  readonly order: string;
  readonly event: string;
  readonly attempt: number;
  readonly gateway: string;
  readonly answer: string;
  readonly state: string;
};

/** How a sentence says a state that is not an adjective. */
const predicates: ReadonlyMap<string, string> = new Map([
  [events.state('failed'), 'has a failed payment'],
  [events.state('cancelling.requesting'), 'has a call in flight'],
  [events.state('cancelling.needsReview'), 'needs review'],
]);

const is = (state: string) => predicates.get(state) ?? `is ${state}`;

/** What the command says to people. Texts that come from outside arrive escaped. */
export const en = {
  ...events,
  attention,
  bill,
  history,
  inbox,
  store,
  doctor,
  tlog,
  work,
  // Widened, because English is the type of every language.
  language: 'en' as Language,
  failure: (_code: ErrorCode | 'usage' | 'unexpected', message: string) => `error: ${message}`,
  hint: (text: string) => `hint: ${text}`,
  warning: (message: string) => `warning: ${message}`,
  no: 'no',
  next: 'next:',

  answered: {
    accepted: (order: string, state: string, revision: number) =>
      `accepted: ${order} ${is(state)} now (revision ${revision})`,
    duplicate: (order: string, state: string, revision: number) =>
      `duplicate: already done; ${order} ${is(state)} (revision ${revision})`,
    /** The repeat of a fact that an operator took back. */
    retracted: (order: string, state: string, revision: number) =>
      `duplicate: an operator retracted this fact, so it does not count; ${order} ${is(state)} ` +
      `(revision ${revision})`,
  },
  rejected: (order: string, why: string, state: string) =>
    `rejected: ${why}; ${order} ${is(state)}`,
  /** The answer to a question, by its status; `rule` is the one that classified it. */
  asked: {
    answer: (status: string, rule: string, meaning: string) =>
      `${status} (rule ${rule}): ${meaning}`,
    meanings: {
      succeeded: 'the order is paid',
      canceled: 'the order is closed at the platform; who closed it is not said',
      failed: 'the payment failed',
      pending: 'the payment is still open',
      unknown: 'nothing was learned; ask again later',
      unavailable:
        'this call may not be made, so nothing was learned; ask the platform to enable ' +
        'payment.order.query',
    } satisfies Readonly<Record<AskReceipt['answer']['status'], string>>,
    recorded: (order: string, state: string, revision: number) =>
      `recorded: ${order} ${is(state)} now (revision ${revision})`,
    'not-recorded': (order: string, state: string, revision: number) =>
      `not recorded, because it adds nothing to the history; ${order} ${is(state)} ` +
      `(revision ${revision})`,
    didNotRun: 'No attempt in doubt can take effect any more, so none of them ran.',
    tooEarly:
      'An attempt may still take effect, so this is no proof yet. Ask again in some minutes.',
  },
  /** What the gateway answered to the newest attempt of a cancel. */
  outcomes: {
    confirmed: 'the gateway confirmed: it cancelled',
    refused:
      'the gateway refused: it did not cancel. The payment may have arrived. The platform is ' +
      'asked why; "show" has its answer',
    /** For an order that is closed, so that nothing is left to do. */
    refusedClosed: 'the gateway refused: the newest attempt did not cancel',
    refusedInDoubt:
      'the gateway refused: this attempt did not cancel. Either an earlier one did, or the ' +
      'payment has arrived; "ask" asks the platform which',
  },
  /** What a state means to somebody who waits for its end, by the state's dotted path. */
  stateNotes: {
    'cancelling.requesting': 'A call is in flight; its outcome will be recorded.',
    'cancelling.backingOff': 'The attempt did not run; "work" makes the next one when it is due.',
    'cancelling.inDoubt':
      'The attempt may or may not have run. "work" asks the platform when that is due, and "ask" ' +
      'asks it now; or resolve the doubt with evidence.',
    'cancelling.needsReview': 'Automatic attempts have stopped; an operator must decide.',
  },
  needsAttention: 'The order needs attention.',
  callGoesOn:
    'stopping: any call in flight continues, and its outcome will be recorded; a second signal ' +
    'ends at once and leaves a cancel that is out in doubt',

  labels: {
    order: 'Order',
    processBill: 'Process bill',
    gateway: 'Gateway',
    amount: 'Amount',
    state: 'State',
    attention: 'Attention',
    cancel: 'Cancel',
    payments: 'Payments',
    received: 'Received',
    refunds: 'Refunds',
    refunded: 'Refunded',
    retracted: 'Retracted',
    anomalies: 'Anomalies',
    pending: 'Pending',
    witness: 'Witness',
    next: 'Next',
  },
  noReason: 'no reason given',
  reason: (text: string) => `reason: ${text}`,
  attempt: (number: number, answer: string) => `attempt ${number}: ${answer}`,
  inDoubt: 'in doubt: an attempt may or may not have run',
  /** For an attempt without an answer, once the doubt about it has ended. */
  wasInDoubt: (attempt: number) =>
    `attempt ${attempt} was never answered; the order was settled without it`,
  receivedUnknown: 'paid; no source gave the amount',
  anomaly: (number: number, code: string, meaning: string, standing: Standing) =>
    `${number} ${code}: ${meaning}${standing === 'open' ? '' : ` (${standing})`}`,
  callInFlight: (attempt: number, since: string) =>
    `the call of attempt ${attempt}, in flight since ${since}`,
  timer: (event: string, dueAt: string) => `${event} at ${dueAt}`,
  /** In doubt: the timer's event is recorded only where there is nobody to ask. */
  questionAt: (event: string, dueAt: string) =>
    `the platform is asked at ${dueAt} (where it may not be, another attempt is made: ${event})`,

  logHeaders: columns('REV', 'TIME (UTC)', 'EVENT', 'FROM → TO', 'ACTOR', 'WHAT'),
  noOrders: 'no orders',
  noneListed: 'no order matches these options',

  verified: (order: string, events: number, head: string) =>
    `${order}: ok, ${counted(events, 'event')}, head ${head}`,
  notVerified: (order: string, faults: number) => `${order}: NOT ok, ${counted(faults, 'fault')}`,
  verifiedAll: (orders: number, notices: number, faults: number) =>
    `${counted(orders, 'order')}${notices === 0 ? '' : ` and ${counted(notices, 'notice')}`} ` +
    `checked${faults === 0 ? '' : `, ${counted(faults, 'fault')} found`}`,

  working: 'working: firing the due timers of all orders; stop with Ctrl-C',
  workStopped: 'stopped; in-flight calls were recorded',
  /** `gateway` is its name, or empty where none is recorded. */
  fired: ({ order, event, attempt, gateway, answer, state }: FiredTexts) =>
    `${order}: ${event}; attempt ${attempt}${gateway === '' ? '' : ` at ${gateway}`}: ${answer}; ` +
    `now ${state}`,
  /** For a question: no call of a cancel was made. */
  firedQuestion: ({ order, event, attempt, gateway, answer, state }: FiredTexts) =>
    `${order}: ${event}, the platform was asked${gateway === '' ? '' : ` at ${gateway}`}; attempt ` +
    `${attempt}: ${answer}; now ${state}`,
  countOf: (count: number, what: string) => `${count} ${what}`,
  listSemicolon: '; ',
  worked: (waiting: number, fired: number, answers: string) =>
    `${counted(waiting, 'order')} waiting, ${fired} due and fired${fired === 0 ? '' : `: ${answers}`}`,
  askedAbout: (asked: number) => `${counted(asked, 'question')} asked about orders that stay open`,
  firedInAll: (fired: number, answers: string) =>
    `${counted(fired, 'timer')} fired${fired === 0 ? '' : `: ${answers}`}`,

  sandbox: {
    started: 'The sandbox is running. In another terminal:',
    steer: 'To control it:',
    notices: (file: string) => `To have it post notices; ${file} verifies signed ones:`,
    stop: 'Stop it with Ctrl-C.',
    request: (order: string, fault: string, answer: string) =>
      `request: order ${order}, fault ${fault}: ${answer}`,
    notice: (order: string, attempt: number, answer: string) =>
      `notice: order ${order}, attempt ${attempt}: ${answer}`,
  },

  demo: {
    stories: {
      cancelled: 'The cancel succeeds, and the gateway closes the order.',
      'refused-because-paid':
        'The gateway refuses because the money has arrived there. The platform is asked why, and ' +
        'reports it paid; its notice comes later.',
      'answer-lost':
        'The answer is lost after the gateway acted, so the order is in doubt. The platform is ' +
        'asked how the order stands. It reports it closed, and the doubt ends by itself.',
      'paid-while-cancelling': 'The payment arrives while our cancel is in flight.',
      'paid-after-cancel':
        'Money arrives after a confirmed cancel. It is recorded, and an operator is asked to look.',
    },
    story: (number: number, orderNo: string, title: string) => `${number}. ${orderNo}: ${title}`,
    endedWell: (state: string) => `ended as expected: ${state}`,
    endedBadly: (state: string, expected: string) => `ended as ${state}, expected ${expected}`,
    kept: (store: string) => `The five orders stay in ${store}.`,
    tryNext: 'Try next:',
    report: (path: string) => `Read the last order in a browser. This writes ${path}:`,
    console:
      'Or look at all five in a browser. This prints an address on this machine, until Ctrl-C:',
    allWell: 'All stories ended as expected.',
    notAllWell: 'Some stories did not end as expected.',
  },
};

export type Words = typeof en;

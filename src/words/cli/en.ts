import type { ErrorCode } from '../../errors.ts';
import type { DivergenceCause } from '../../history/results.ts';
import { en as events } from '../events/en.ts';
import type { Language } from '../language.ts';
import { counted, en as service } from '../service/en.ts';

/** What the command says to people. Texts that come from outside arrive escaped. */
export const en = {
  ...events,
  ...service,
  // Widened, for English is the type of every language.
  language: 'en' as Language,
  failure: (_code: ErrorCode | 'usage' | 'unexpected', message: string) => `error: ${message}`,
  hint: (text: string) => `hint: ${text}`,
  howToConfigure:
    'set --gateway-url, --app-id and --private-key-file, or their variables; see --help',
  warning: (message: string) => `warning: ${message}`,
  yes: 'yes',
  no: 'no',
  next: 'next:',

  answered: {
    accepted: (order: string, state: string, revision: number) =>
      `accepted: ${order} is ${state} now (revision ${revision})`,
    duplicate: (order: string, state: string, revision: number) =>
      `duplicate: already done; ${order} is ${state} (revision ${revision})`,
  },
  rejected: (order: string, why: string, state: string) => `rejected: ${why}; ${order} is ${state}`,
  /** What the gateway answered to the newest attempt of a cancel. */
  outcomes: {
    confirmed: 'the gateway confirmed: it cancelled',
    refused:
      'the gateway refused: it did not cancel. The payment may have arrived; wait for its ' +
      'notice, then record it with "paid"',
    refusedInDoubt:
      'the gateway refused: this attempt did not cancel. Either an earlier one did, or the ' +
      'payment has arrived; wait for a notice, or check the bill',
  },
  /** What a state means to somebody who waits for its end, by the state's dotted path. */
  stateNotes: {
    'cancelling.requesting': 'A call is in flight; its outcome will be recorded.',
    'cancelling.backingOff': 'The attempt did not run; "work" makes the next one when it is due.',
    'cancelling.inDoubt':
      'The attempt may or may not have run. "work" asks the gateway again when that is due; or ' +
      'resolve the doubt with evidence.',
    'cancelling.needsReview': 'Automatic attempts have stopped; an operator must decide.',
  },
  needsAttention: 'The order needs attention.',
  callGoesOn:
    'stopping: a call in flight continues, and its outcome will be recorded; a second signal ' +
    'ends at once and leaves the order in doubt',

  labels: {
    order: 'Order',
    processBill: 'Process bill',
    amount: 'Amount',
    state: 'State',
    attention: 'Attention',
    cancel: 'Cancel',
    payments: 'Payments',
    anomalies: 'Anomalies',
    pending: 'Pending',
    witness: 'Witness',
    next: 'Next',
  },
  noReason: 'no reason given',
  reason: (text: string) => `reason: ${text}`,
  attempt: (number: number, answer: string) => `attempt ${number}: ${answer}`,
  inDoubt: 'in doubt: an attempt may or may not have run',
  /** For an attempt in doubt, once the order is closed. */
  wasInDoubt: (attempt: number) =>
    `attempt ${attempt} was never answered; settled by other evidence`,
  anomaly: (number: number, code: string, meaning: string, acknowledged: boolean) =>
    `${number} ${code}: ${meaning}${acknowledged ? ' (acknowledged)' : ''}`,
  callInFlight: (attempt: number, since: string) =>
    `the call of attempt ${attempt}, in flight since ${since}`,
  timer: (event: string, dueAt: string) => `${event} at ${dueAt}`,

  logHeaders: {
    revision: 'REV',
    time: 'TIME (UTC)',
    event: 'EVENT',
    way: 'FROM → TO',
    actor: 'ACTOR',
    what: 'WHAT',
  },
  listHeaders: {
    order: 'ORDER',
    state: 'STATE',
    attention: 'ATTENTION',
    amount: 'AMOUNT',
    revision: 'REVISION',
  },
  noOrders: 'no orders',

  verified: (order: string, events: number, head: string) =>
    `${order}: ok, ${counted(events, 'event')}, head ${head}`,
  notVerified: (order: string, faults: number) => `${order}: NOT ok, ${counted(faults, 'fault')}`,
  verifiedAll: (orders: number) => `${counted(orders, 'order')} checked`,

  working: 'working: firing the due timers of all orders; stop with Ctrl-C',
  workStopped: 'stopped; in-flight calls were recorded',
  worked: (waiting: number, fired: number) =>
    `${counted(waiting, 'order')} waiting, ${fired} due and fired`,

  history: {
    hidden: (count: number) => `${counted(count, 'event')} hidden`,
    detailLabels: {
      id: 'id',
      recorded: 'recorded at',
      occurred: 'occurred at',
      source: 'source',
      actor: 'actor',
      command: 'command id',
      correlation: 'correlation',
      machine: 'machine',
    },
    data: 'data',
    hash: 'hash',
    asOf: (revision: number, time: string) => `as of revision ${revision}, recorded at ${time}`,
    notYet: (order: string) => `${order} did not exist yet`,
    learnedLater: (type: string, occurred: string, recorded: string, revision: number) =>
      `${type} had happened (${occurred}); it was recorded at ${recorded}, revision ${revision}`,
    diffHeaders: { field: 'FIELD', before: 'BEFORE', after: 'AFTER' },
    between: (events: number) => `${counted(events, 'event')} between:`,
    nothingChanged: 'nothing changed',
    attemptHeaders: {
      attempt: 'ATTEMPT',
      sent: 'SENT (UTC)',
      took: 'TOOK',
      requestId: 'REQUEST ID',
      http: 'HTTP',
      code: 'CODE',
      outcome: 'OUTCOME',
      rule: 'RULE',
    },
    noAttempts: 'no call was made to the gateway',
    mayNow: (command: string) => `${command}: would be accepted now`,
    mayNotNow: (command: string, why: string) => `${command}: would be rejected now: ${why}`,
    since: (state: string, revision: number, type: string, time: string) =>
      `the order has been ${state} since revision ${revision}, ${type}, ${time}`,
    allowedNow: 'allowed now:',
    nothingAllowed: 'no command is allowed now; facts are always recorded',
    replayed: (order: string, events: number, state: string, version: string) =>
      `${order}: as recorded, ${counted(events, 'event')}, ${state}, by machine version ${version}`,
    diverges: (order: string, revision: number, type: string) =>
      `${order}: DIVERGES at revision ${revision}, ${type}`,
    recordedWay: (way: string, version: string, hash: string) =>
      `recorded ${way} by machine version ${version} (${hash})`,
    derivedWay: (way: string, version: string, hash: string) =>
      `derived  ${way} by machine version ${version} (${hash})`,
    notTaken: 'not accepted in this state',
    replayEnds: (order: string, message: string) =>
      `${order} cannot be replayed to its end: ${message}`,
    replayedAll: (orders: number, divergent: number) =>
      `${counted(orders, 'order')} replayed, ${divergent} not as recorded`,
    progress: (orders: number, events: number, faults: number) =>
      `${counted(orders, 'order')}, ${counted(events, 'event')}, ${counted(faults, 'fault')} so far`,
    gateCauses: {
      'transition-gone': 'the transition no longer exists',
      'other-target': 'another target',
      'other-pending-effect': 'another call or timer is pending',
      'context-differs': 'the order facts differ',
    } satisfies Readonly<Record<DivergenceCause, string>>,
    stranded: (order: string, state: string) =>
      `${order}: STRANDED in ${state}, which the machine does not have`,
    gated: (orders: number, different: number, stranded: number) =>
      `${counted(orders, 'order')} replayed through the machine, ${different} not as recorded, ` +
      `${stranded} stranded`,
    stoppedAtFirst: 'stopped at the first fault; without --first all orders are checked',
    holdsFrom: (revision: number, type: string, time: string) =>
      `first at revision ${revision}: ${type}, ${time}`,
    span: (from: number, until: number | null) =>
      `  holds from ${from} to ${until === null ? 'the end' : until}`,
    neverHolds: (events: number) => `never, in ${counted(events, 'event')}`,
    written: (place: string, events: number) => `written: ${place}, ${counted(events, 'event')}`,
    withheld: (events: number) => `${counted(events, 'event')} partly withheld`,
    guessable: (revisions: string) =>
      `the correlation ids of revisions ${revisions} are not random UUIDs: a reader who guesses ` +
      'one and the withheld metadata can confirm the guess',
    seal: (sha256: string) => `SHA-256 of manifest.json, to be kept elsewhere: ${sha256}`,
    bundleOk: (events: number, head: string) => `ok, ${counted(events, 'event')}, head ${head}`,
    bundleNotOk: (faults: number) => `NOT ok, ${counted(faults, 'fault')}`,
    linked: (revision: number, parts: string) =>
      `revision ${revision}: linked, content withheld (${parts})`,
    proven: (revision: number) => `revision ${revision}: the original matches the hash`,
  },
};

export type Words = typeof en;

import type { ErrorCode } from '../../errors.ts';
import type { DivergenceCause } from '../../history/results.ts';
import { en as events } from '../events/en.ts';
import type { Language } from '../language.ts';

const changedHistory =
  'the history was altered or truncated: keep the store as it is, list each fault with ' +
  '"verify ORDER", and compare with a backup';
const newerVersion = 'read it with the version that wrote it, or a newer one';

/** `1 event`, `2 events`. */
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The headers of a table. Every language has as many. */
const columns = <Headers extends readonly string[]>(...headers: Headers) =>
  headers as { readonly [Index in keyof Headers]: string };

/** What the command says to people. Texts that come from outside arrive escaped. */
export const en = {
  ...events,
  // Widened, because English is the type of every language.
  language: 'en' as Language,
  failure: (_code: ErrorCode | 'usage' | 'unexpected', message: string) => `error: ${message}`,
  hint: (text: string) => `hint: ${text}`,
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

  logHeaders: columns('REV', 'TIME (UTC)', 'EVENT', 'FROM → TO', 'ACTOR', 'WHAT'),
  listHeaders: columns('ORDER', 'STATE', 'ATTENTION', 'AMOUNT', 'REVISION'),
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
    diffHeaders: columns('FIELD', 'BEFORE', 'AFTER'),
    between: (events: number) => `${counted(events, 'event')} between:`,
    nothingChanged: 'nothing changed',
    attemptHeaders: columns(
      'ATTEMPT',
      'SENT (UTC)',
      'TOOK',
      'REQUEST ID',
      'HTTP',
      'CODE',
      'OUTCOME',
      'RULE',
    ),
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
    replayHeaders: columns('REV', 'TIME (UTC)', 'EVENT', 'FROM → TO', 'machine'),
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

  store: {
    /** What to do about a store, or a history in it, that a command cannot work with. */
    advice: {
      'no-directory': 'there is no such directory: create it, or name another file with --store',
      'not-a-file': 'that is not a file: name one with --store',
      'no-file': 'check --store and the working directory; "create" makes the file',
      'not-writable':
        'no permission to write there: change the owner or the mode, or name another file ' +
        'with --store',
      'store-unavailable': '"doctor" checks the store and reports what is wrong',
      'store-denied':
        'ask the administrator of the store for permission, or put other credentials into its URL',
      'store-read-only': 'name a writable file with --store',
      'append-outcome-unknown':
        'the event may be recorded: look with "show", or repeat the command with the same ' +
        '--command-id',
      'store-not-ours': 'this file belongs to another program: name another file with --store',
      'store-newer': newerVersion,
      'gateway-not-configured':
        'set --gateway-url, --app-id and --private-key-file, or their variables; see --help',
      'store-closed': 'run the command again',
      'store-corrupt':
        'restore a backup and work on that; keep the damaged file and its -wal as they are',
      'unknown-event-type': newerVersion,
      'unknown-schema-version': newerVersion,
      'invalid-event': changedHistory,
      'not-contiguous': changedHistory,
      'illegal-history': changedHistory,
    } satisfies Partial<
      Record<ErrorCode | 'no-directory' | 'not-a-file' | 'no-file' | 'not-writable', string>
    >,
    /** `url` as it was given, `path` as it was read. */
    noFile: (url: string, path: string) =>
      `there is no store: ${url} was read as ${path}, and that file does not exist`,
    emptyFile: (url: string, path: string) =>
      `there is no store: ${url} was read as ${path}, and that file is empty`,
    nothingWaited: 'no order is waiting',
    fileMade: 'it was created',
    forgotten: 'memory: keeps nothing when this command ends; name a file with --store sqlite:FILE',
    faults: (count: number) => `store: NOT ok, ${counted(count, 'fault')}`,
    times: (count: number) => (count === 1 ? '' : ` (${count} times)`),
  },

  sandbox: {
    started: 'The sandbox is running. In another terminal:',
    steer: 'To control it:',
    stop: 'Stop it with Ctrl-C.',
    request: (order: string, fault: string, answer: string) =>
      `request: order ${order}, fault ${fault}: ${answer}`,
  },

  doctor: {
    names: {
      node: 'Node',
      sqlite: 'SQLite',
      store: 'store',
      'file-permissions': 'file permissions',
      'gateway-settings': 'gateway settings',
      'gateway-url': 'gateway URL',
      'private-key': 'private key',
      'gateway-reachable': 'gateway reachable',
      clock: 'clock',
    },
    ok: 'ok',
    notOk: 'NOT ok',
    allOk: 'everything is ok',
    versionIs: (version: string) => `version ${version}`,
    updateNode: (version: string) =>
      `version ${version}; install Node 24.16 or newer, which brings SQLite 3.51.3 or newer`,
    storeIsReadable: (path: string) => `${path} holds payment orders and is readable`,
    storeIsAbsent: (path: string) => `${path} does not exist yet; "create" makes it`,
    storeIsReached: 'the server answers',
    storeIsDamaged: (faults: string) => `damaged: ${faults}`,
    storeInMemory: 'in memory: nothing is kept when the command ends',
    fileIsPrivate: (mode: string) => `mode ${mode}`,
    fileIsOpen: (mode: string) => `mode ${mode}: everyone may write to it; run chmod 600 on it`,
    directoryIsNotWritable: 'no permission to write; use another directory or change its owner',
    gatewayAbsent: 'not set; cancel, retry and work need them',
    gatewayComplete: 'complete',
    gatewayIncomplete: (missing: string) => `incomplete; also set ${missing}`,
    appIdIsWrong: 'the app id must be the 16 letters and digits given by the platform',
    urlAccepted: 'accepted',
    keyIsFit: (bits: number) => `RSA, ${bits} bits, readable only by its owner`,
    keyIsWeak: (bits: number) => `RSA, ${bits} bits: works, but ask the platform for 2048 bits`,
    reached: (host: string) => `${host} accepts connections; no request was sent`,
    notReached: (host: string, why: string) =>
      `${host} cannot be reached (${why}); check the URL and the network`,
    clockIsWrong: (time: string) =>
      `shows ${time}; set it: the platform accepts timestamps up to 30 s old`,
  },

  demo: {
    stories: {
      cancelled: 'The cancel succeeds, and the gateway closes the order.',
      'refused-because-paid':
        'The gateway refuses because the money has arrived there; our notice of it comes later.',
      'answer-lost':
        'The answer is lost after the gateway acted. The order stays in doubt, even when the ' +
        'gateway is asked again, until the gateway reports it closed.',
      'paid-while-cancelling': 'The payment arrives while our cancel is in flight.',
      'paid-after-cancel':
        'Money arrives after a confirmed cancel. It is recorded, and an operator is asked to look.',
    },
    story: (number: number, orderNo: string, title: string) => `${number}. ${orderNo}: ${title}`,
    endedWell: (state: string) => `ended as expected: ${state}`,
    endedBadly: (state: string, expected: string) => `ended as ${state}, expected ${expected}`,
    kept: (store: string) => `The five orders stay in ${store}.`,
    tryNext: 'Try next:',
    allWell: 'All stories ended as expected.',
    notAllWell: 'Some stories did not end as expected.',
  },
};

export type Words = typeof en;

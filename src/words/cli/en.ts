import { en as englishEvents } from '../events/en.ts';
import { englishStore } from './en-store.ts';
import { englishHistory } from './en-history.ts';
import type { Words } from './words.ts';

export const english: Words = {
  ...englishEvents,
  language: 'en',
  history: englishHistory,
  store: englishStore,
  failure: (_code, message) => `error: ${message}`,
  hint: (text) => `hint: ${text}`,
  howToConfigure:
    'give --gateway-url, --app-id and --private-key-file, or their variables; see --help',
  warning: (message) => `warning: ${message}`,
  yes: 'yes',
  no: 'no',
  next: 'next:',

  answered: {
    accepted: (order, state, revision) =>
      `accepted: ${order} is ${state} now (revision ${revision})`,
    duplicate: (order, state, revision) =>
      `duplicate: nothing was done again; ${order} is ${state} (revision ${revision})`,
  },
  outcomes: {
    confirmed: 'the gateway confirmed: it cancelled',
    refused:
      'the gateway refused: it did not cancel; the payment may already be in: wait for its ' +
      'notice, then record it with "paid"',
    refusedInDoubt:
      'the gateway refused: this attempt did not cancel; either an earlier one did, or the ' +
      'payment is in: wait for a notice, or look at the bill',
  },
  rejected: (order, why, state) => `rejected: ${why}; ${order} is ${state}`,
  stateNotes: {
    'cancelling.requesting': 'A call is out; its outcome will be recorded.',
    'cancelling.backingOff': 'The attempt did not run; "work" makes the next one when it is due.',
    'cancelling.inDoubt':
      'The attempt may or may not have run. Nothing is guessed: "work" asks again when it is ' +
      'due, or resolve it with evidence.',
    'cancelling.needsReview': 'Automation stopped; somebody must decide.',
  },
  needsAttention: 'It needs attention.',
  callGoesOn:
    'stopping: a call that is out goes on, and its outcome will be recorded; once more ends at ' +
    'once and leaves the order in doubt',

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
  reason: (text) => `reason: ${text}`,
  attempt: (number, answer) => `attempt ${number}: ${answer}`,
  inDoubt: 'in doubt: an attempt may or may not have run',
  wasInDoubt: (attempt) => `attempt ${attempt} was never answered; settled by other evidence`,
  anomaly: (number, code, meaning, acknowledged) =>
    `${number} ${code}: ${meaning}${acknowledged ? ' (acknowledged)' : ''}`,
  callIsOut: (attempt, since) => `the call of attempt ${attempt}, out since ${since}`,
  timer: (event, dueAt) => `${event} at ${dueAt}`,

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

  verified: (order, events, head) => `${order}: ok, ${counted(events, 'event')}, head ${head}`,
  notVerified: (order, faults) => `${order}: NOT ok, ${counted(faults, 'fault')}`,
  verifiedAll: (orders) => `${counted(orders, 'order')} looked at`,

  working: 'working: due timers of all orders are fired; stop with Ctrl-C',
  workStopped: 'stopped; calls that were out are recorded',
  worked: (waiting, fired) =>
    `${counted(waiting, 'order')} waited, ${fired} ${fired === 1 ? 'was' : 'were'} due and fired`,

  sandbox: {
    started: 'The sandbox is up. In another terminal:',
    steer: 'Steer it:',
    stop: 'Stop it with Ctrl-C.',
    request: (order, fault, answer) => `request: order ${order}, fault ${fault}: ${answer}`,
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
    allOk: 'all is well',
    versionIs: (version) => `version ${version}`,
    updateNode: (version) =>
      `version ${version}; install Node 24.16 or newer, which brings SQLite 3.51.3 or newer`,
    storeIsReadable: (path) => `${path} is ours and readable`,
    storeIsAbsent: (path) => `${path} is not there yet; "create" will make it`,
    storeIsReached: 'the server answers',
    storeIsDamaged: (faults) => `damaged: ${faults}`,
    storeInMemory: 'in memory: nothing is kept when the command ends',
    fileIsPrivate: (mode) => `mode ${mode}`,
    fileIsOpen: (mode) => `mode ${mode}: everybody may write it; run chmod 600 on it`,
    directoryIsNotWritable: 'we may not write there; use another directory or change its owner',
    gatewayAbsent: 'none given; they are needed to cancel, to retry and to work',
    gatewayComplete: 'complete',
    gatewayByHalf: (missing) => `given by half; also give ${missing}`,
    appIdIsWrong: 'the app id must be the 16 letters and digits given by the platform',
    urlAccepted: 'accepted',
    keyIsFit: (bits) => `RSA, ${bits} bits, readable by its owner alone`,
    keyIsWeak: (bits) => `RSA, ${bits} bits: works, but ask the platform for a key of 2048`,
    reached: (host) => `${host} takes connections; no request was sent`,
    notReached: (host, why) => `${host} cannot be reached (${why}); check the URL and the network`,
    clockShows: (time) => time,
    clockIsWrong: (time) => `shows ${time}; set it: the platform takes timestamps of 30 s`,
  },

  demo: {
    stories: {
      cancelled: 'A clean cancel: we ask, the gateway closes the order.',
      'refused-because-paid':
        'Refused: the money was already in at the gateway; our own notice of it comes later.',
      'answer-lost':
        'The answer is lost after the gateway acted. The order stays in doubt, also when asked ' +
        'again, until the gateway reports it closed.',
      'paid-while-cancelling': 'The payment arrives while our cancel is out.',
      'paid-after-cancel': 'Money arrives after a confirmed cancel: kept, and marked for people.',
    },
    story: (number, title) => `${number}. ${title}`,
    endedWell: (state) => `ended as it should: ${state}`,
    endedBadly: (state, expected) => `ended as ${state}, expected was ${expected}`,
    kept: (store) => `The five orders stay in ${store}.`,
    tryNext: 'Try next:',
    allWell: 'Each story ended as it should.',
    notAllWell: 'Not each story ended as it should.',
  },
};

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import type { HistoryWords } from './history-words.ts';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const englishHistory: HistoryWords = {
  hidden: (count) => `${counted(count, 'event')} hidden`,
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
  asOf: (revision, time) => `as of revision ${revision}, recorded at ${time}`,
  notYet: (order) => `${order} was not created yet`,
  learnedLater: (type, occurred, recorded, rev) =>
    `${type} had happened (${occurred}); it was recorded at ${recorded}, revision ${rev}`,
  diffHeaders: { field: 'FIELD', before: 'BEFORE', after: 'AFTER' },
  between: (events) => `${counted(events, 'event')} between:`,
  nothingChanged: 'nothing that the order knows changed',
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
  mayNow: (command) => `${command}: would be accepted now`,
  mayNotNow: (command, why) => `${command}: would be rejected now: ${why}`,
  since: (state, revision, type, time) =>
    `the order is ${state} since revision ${revision}, ${type}, ${time}`,
  allowedNow: 'allowed now:',
  nothingAllowed: 'no command is allowed now; facts are always recorded',
  replayed: (order, events, state, version) =>
    `${order}: as recorded, ${counted(events, 'event')}, ${state}, by machine version ${version}`,
  diverges: (order, revision, type) => `${order}: DIVERGES at revision ${revision}, ${type}`,
  recordedWay: (way, version, hash) => `recorded ${way} by machine version ${version} (${hash})`,
  derivedWay: (way, version, hash) => `derived  ${way} by machine version ${version} (${hash})`,
  notTaken: 'not taken in this state',
  replayEnds: (order, message) => `${order}: cannot be replayed to its end: ${message}`,
  replayedAll: (orders, divergent) =>
    `${counted(orders, 'order')} replayed, ${divergent} not as recorded`,
  progress: (orders, events, faults) =>
    `${counted(orders, 'order')}, ${counted(events, 'event')}, ${counted(faults, 'fault')} so far`,
  gateCauses: {
    'transition-gone': 'the transition is gone',
    'other-target': 'another target',
    'other-pending-effect': 'another call or timer is pending',
    'context-differs': 'the order knows something else',
  },
  stranded: (order, state) => `${order}: STRANDED in ${state}, which the machine does not have`,
  gated: (orders, different, stranded) =>
    `${counted(orders, 'order')} through the machine, ${different} not as before, ${stranded} stranded`,
  stoppedAtFirst: 'stopped at the first; without --first all are looked at',
  holdsFrom: (revision, type, time) => `first at revision ${revision}: ${type}, ${time}`,
  span: (from, until) =>
    until === null ? `  holds from ${from} to the end` : `  holds from ${from} to ${until}`,
  neverHolds: (events) => `never, in ${counted(events, 'event')}`,
  written: (place, events) => `written: ${place}, ${counted(events, 'event')}`,
  withheld: (events) => `${counted(events, 'event')} in part withheld`,
  guessable: (revisions) =>
    `the correlation ids of revisions ${revisions} are no random UUIDs: whoever guesses them and ` +
    'the withheld metadata can see that the guess is right',
  seal: (sha256) => `SHA-256 of manifest.json, to be kept elsewhere: ${sha256}`,
  bundleOk: (events, head) => `ok, ${counted(events, 'event')}, head ${head}`,
  bundleNotOk: (faults) => `NOT ok, ${counted(faults, 'fault')}`,
  linked: (revision, parts) => `revision ${revision}: linked, content withheld (${parts})`,
  proven: (revision) => `revision ${revision}: the original is what was hashed`,
};

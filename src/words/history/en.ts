import type { DivergenceCause } from '../../history/results.ts';
import { columns, counted } from '../phrases.ts';

/** What the commands that look into a history say. */
export const en = {
  hidden: (count: number) => `${counted(count, 'event')} hidden`,
  detailLabels: {
    id: 'id',
    recorded: 'recorded at',
    occurred: 'occurred at',
    source: 'source',
    notice: 'notice',
    vouchedBy: 'vouched for by',
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
  noAttempts: 'no cancel was sent to the gateway',
  mayNow: (command: string) => `${command}: would be accepted now`,
  repeatsNow: (command: string, why: string) => `${command}: would be a duplicate now: ${why}`,
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
  notices: (count: number) => `${counted(count, 'notice')} included`,
  missingNotices: (noticeIds: string) =>
    `this store does not hold the body of these notices as their ids say: ${noticeIds}`,
  noticeProven: (noticeId: string) => `notice ${noticeId}: the body matches the id in an event`,
  guessable: (revisions: string) =>
    `the correlation ids of revisions ${revisions} are not random UUIDs, or other events show ` +
    'them: a reader who guesses the withheld metadata can confirm the guess',
  seal: (sha256: string) => `SHA-256 of manifest.json, to be kept elsewhere: ${sha256}`,
  bundle: (orderNo: string, standing: string, events: number, head: string) =>
    `${orderNo}: ${standing}, ${counted(events, 'event')}, head ${head}`,
  bundleProven: 'proven',
  bundleProvenBut: (fields: number, parts: number) =>
    `proven but for ${[
      ...(fields === 0 ? [] : [counted(fields, 'withheld field')]),
      ...(parts === 0 ? [] : [`${counted(parts, 'withheld part')} of older events`]),
    ].join(' and ')}`,
  bundleNotProven: (faults: number) => `NOT proven, ${counted(faults, 'fault')}`,
  nobodyVouches:
    'consistent in itself, nobody vouches: give a --witness or a --seal that was kept outside the ' +
    'package, or --trust with the keys of a log and its witnesses',
  nobodyVouchesAfter: (revision: number) =>
    `nobody vouches for what was recorded after revision ${revision}, where the witness ends`,
  linked: (revision: number, names: string) => `revision ${revision}: withheld: ${names}`,
  proven: (revision: number) => `revision ${revision}: the original matches the hash`,
  madeBy: (theirs: string, ours: string) =>
    `version ${theirs} made this package, and this is ${ours}`,
  /** Ends the line that says how the package stands. */
  unchecked: (files: string) => `; unchecked, so nothing proves them: ${files}`,
};

export type HistoryWords = typeof en;

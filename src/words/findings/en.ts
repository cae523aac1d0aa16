import { counted } from '../phrases.ts';
import { begunWithCapital, prose } from '../prose.ts';
import type { MomentPiece, Prose } from '../prose.ts';

type Text = string | Prose;

const numbers = (first: number, last: number): string =>
  first === last ? `call ${first}` : `calls ${first} ${last === first + 1 ? 'and' : 'to'} ${last}`;

/**
 * The answers to a dispute's questions. Names and durations arrive as text, and moments apart. Parts
 * of a sentence are joined by `joined`, and `sentence` ends it.
 */
export const en = {
  sentence: (text: Prose): Prose => prose`${begunWithCapital(text)}.`,
  joined: '; ',
  /** Who did something, by the kind of actor. Other kinds are shown as they are. */
  actors: {
    customer: (id: string) => `customer ${id}`,
    operator: (id: string) => `operator ${id}`,
    service: (id: string) =>
      id.endsWith('service') ? `the ${id.replaceAll('-', ' ')}` : `the service ${id}`,
    gateway: (id: string) => `the gateway ${id}`,
    timer: (id: string) => `our own clock (${id})`,
  } as Readonly<Record<string, (id: string) => string>>,
  otherActor: (kind: string, id: string) => `the ${kind} ${id}`,
  unreadableActor: (actor: string) => `the actor ${actor}`,
  somebody: 'somebody who is not recorded',
  somebodyWithheld: 'somebody (who is withheld)',
  /** Through what an act came, by its source; any other name is the caller's own. */
  through: {
    command: 'through our service',
    'command-line': 'on the command line',
    fact: 'through our service',
    notice: 'by a notice',
    gateway: 'by the gateway’s answer',
    query: 'by asking the platform',
    timer: 'by our own clock',
  } as Readonly<Record<string, string>>,
  throughOther: (name: string) => `through ${name}`,
  at: (at: MomentPiece): Prose => prose`at ${at}`,
  atWithheld: 'at a time that is withheld',
  times: (count: number, from: MomentPiece, to: MomentPiece): Prose =>
    prose`${count} times, from ${from} to ${to}`,

  asked: (who: Text, when: Text): Prose => prose`${who} asked to cancel ${when}`,
  askedAgain: (who: Text, when: Text): Prose => prose`${who} asked for another call ${when}`,
  channel: (through: string): string => `, ${through}`,
  reason: (reason: string): string => `, and gave the reason “${reason}”`,
  notAccepted: (why: string): string => `; it was not accepted: ${why}`,
  doesNotCount: (who: string, at: Text): Prose =>
    prose`; it does not count: ${who} retracted it at ${at}`,
  /** What stands folded under a sentence. */
  labels: { reason: 'reason', note: 'note', evidence: 'evidence', message: 'message' },

  abandoned: (who: Text, when: Text): Prose => prose`${who} abandoned the cancel ${when}`,
  resolved: (who: Text, when: Text, how: string): Prose =>
    prose`${who} resolved the doubt ${when}: the order was ${how}`,
  resolutions: {
    cancelled: 'cancelled',
    paid: 'paid',
    failed: 'failed',
    open: 'still open',
  } as Readonly<Record<string, string>>,
  retracts: (who: Text, when: Text, revision: string, what: string): Prose =>
    prose`${who} retracted ${revision === '' ? 'a record' : `revision ${revision}`}${what === '' ? '' : ` (${what})`} ${when}`,
  acknowledged: (who: Text, when: Text, number: string, what: string): Prose =>
    prose`${who} acknowledged ${number === '' ? 'an anomaly' : `anomaly ${number}`}${what === '' ? '' : ` (${what})`} ${when}`,
  recordedByHand: (who: Text, when: Text, what: Text): Prose =>
    prose`${who} recorded by hand ${when}: ${what}`,
  askedPlatform: (who: Text, when: Text, what: Text): Prose =>
    prose`${who} asked the platform ${when}: ${what}`,
  otherAct: (who: Text, when: Text, what: string): Prose => prose`${who}, ${when}: ${what}`,

  call: (call: number): string => `call ${call}`,
  sentCall: (call: number, sent: MomentPiece): Prose => prose`call ${call} (sent ${sent})`,
  /** Of money that moved within a second of the call: both times decide. */
  sentCallExactly: (call: number, sent: MomentPiece, moved: MomentPiece): Prose =>
    prose`call ${call} (sent ${sent}, moved ${moved})`,
  it: 'it',
  itExactly: (moved: MomentPiece): Prose => prose`it (moved ${moved})`,
  firstOfThem: 'the first of them',
  lastOfThem: 'the last of them',
  eachOfThem: 'each of them',
  wasSent: (call: number, sent: MomentPiece): Prose => prose`call ${call} was sent at ${sent}`,
  wereSent: (first: number, last: number, from: MomentPiece, to: MomentPiece): Prose =>
    last === first + 1
      ? prose`${numbers(first, last)} were sent at ${from} and ${to}`
      : prose`${numbers(first, last)} were sent from ${from} to ${to}`,
  notSent: (first: number, last: number): string =>
    `${numbers(first, last)} ${first === last ? 'was' : 'were'} not sent`,
  sendingUnknown: (first: number, last: number): string =>
    `when ${numbers(first, last)} ${first === last ? 'was' : 'were'} sent is not recorded`,
  sendingWithheld: (first: number, last: number): string =>
    `when ${numbers(first, last)} ${first === last ? 'was' : 'were'} sent is withheld`,
  noMoney: 'no money is recorded',
  noMoneyShown: 'no money is shown, and something is withheld',
  theMoney: (amount: string | null): string =>
    amount === null ? 'the money' : `the money (${amount})`,
  numbered: (number: string, amount: string | null): string =>
    `payment ${number}${amount === null ? '' : ` (${amount})`}`,
  movedBefore: (money: string, apart: string, call: Text): Prose =>
    prose`${money} had moved ${apart} before ${call}`,
  learnedAfter: (learned: string): string => `, and we learned it ${learned} after the call`,
  learnedByAsking: (learned: string): string =>
    `, and we learned it ${learned} after the call, by asking the platform`,
  knewThen: ', and we knew',
  recordedBefore: (money: string, apart: string | null, call: Text): Prose =>
    prose`${money} had moved before ${call}: we recorded it ${apart === null ? 'earlier' : `${apart} earlier`}`,
  movedDuring: (money: string, apart: string, call: Text): Prose =>
    prose`${money} moved during ${call}, ${apart} after it was sent`,
  movedDuringEach: (money: string, calls: Text): Prose => prose`${money} moved during ${calls}`,
  movedAfter: (money: string, apart: string, call: Text): Prose =>
    prose`${money} moved ${apart} after ${call}`,
  movedUnclear: (money: string, distance: Text): Prose =>
    prose`when ${money} moved is not known: it was recorded ${distance}`,
  paidByReport: (distance: Text): Prose =>
    prose`the platform reported the order paid ${distance}, and did not say when it was`,
  paidByOperator: (distance: Text): Prose =>
    prose`an operator found the order paid ${distance}, and did not say when it was`,
  /** How long before or after a call; null where that is not known. */
  distance: (ms: number | null, apart: string, call: Text): Prose =>
    ms === null ? prose`after ${call}` : prose`${apart} ${ms < 0 ? 'before' : 'after'} ${call}`,
  ofManyPayments: (count: number, call: Text, moved: Readonly<Record<Moved, number>>): Prose => {
    const parts = [
      moved.before > 0 ? `${moved.before} had moved before it` : '',
      moved.during > 0 ? `${moved.during} moved during it` : '',
      moved.after > 0 ? `${moved.after} moved after it` : '',
      moved.unclear > 0 ? `when ${moved.unclear} moved is not known` : '',
    ].filter((part) => part !== '');
    return prose`${call}: of ${counted(count, 'payment')}, ${parts.join(', ')}`;
  },
  retractedPayment: (money: string, who: string, at: Text): Prose =>
    prose`${money} does not count: ${who} retracted it at ${at}`,

  answered: (call: number, at: MomentPiece, what: string): Prose =>
    prose`call ${call}, outcome at ${at}: ${what}`,
  answeredUntimed: (call: number, what: string): string => `call ${call}: ${what}`,
  answeredAlike: (count: number, from: MomentPiece, to: MomentPiece, what: string): Prose =>
    prose`${count} calls, the same outcome, ${from} to ${to}: ${what}`,
  answeredAlikeUntimed: (count: number, what: string): string =>
    `${count} calls, the same outcome: ${what}`,
  /** What follows from an answer, after what it was; by the result of the call. */
  follows: {
    unknown: 'it may or may not have cancelled',
    'unknown-open': 'whether it cancelled is not known',
    resolved: 'later an operator found out how the order ended',
    settled: 'later the platform said how the order ended',
    'not-seen': 'by the platform’s later status it did not run',
    'not-executed': 'the call did not run',
    blocked: 'no call can work until that is mended',
  } as Readonly<Record<string, string>>,
  unanswered: {
    'in-flight': 'no outcome yet',
    withheld: 'the answer is withheld',
  } as Readonly<Record<string, string>>,
  reported: (at: MomentPiece, what: string): Prose =>
    prose`the platform was asked at ${at}: ${what}`,
  reportedUntimed: (what: string): string => `the platform was asked: ${what}`,
  reportedAlike: (count: number, from: MomentPiece, to: MomentPiece, what: string): Prose =>
    prose`the platform was asked ${count} times, from ${from} to ${to}: ${what}`,
  /** What it answered, after it was asked. */
  statuses: {
    succeeded: 'the order is paid',
    canceled: 'the order is closed',
    failed: 'the payment failed',
    pending: 'the payment is still open',
    unknown: 'nothing was learned',
    unavailable: 'this question is not allowed',
  } as Readonly<Record<string, string>>,

  arrived: (money: string): string => `${money} arrived`,
  wentBack: (amount: string | null): string =>
    amount === null ? 'money went back' : `${amount} went back`,
  failed: 'the payment failed',
  declined: 'the channel declined an attempt to pay',
  foundClosed: 'the order was found closed at the gateway',
  closings: {
    expired: 'the order was closed unpaid',
    'closed-by-platform': 'the platform closed the order',
    'closed-by-channel': 'the channel closed the order',
  } as Readonly<Record<string, string>>,
  confirmed: 'the platform confirmed the cancel',
  reports: {
    succeeded: 'the platform reported the order paid',
    canceled: 'the platform reported the order closed',
    failed: 'the platform reported the payment failed',
  } as Readonly<Record<string, string>>,
  found: (who: string, how: string): string => `${who} found the order ${how}`,
  knew: (what: string, at: MomentPiece): Prose => prose`${what}: we knew at ${at}`,
  knewAlike: (what: string, count: number, from: MomentPiece, to: MomentPiece): Prose =>
    prose`${what}, ${count} times: we knew from ${from} to ${to}`,
  knewByAnswer: (what: string, at: MomentPiece): Prose =>
    prose`${what}: we knew at ${at}, with its answer`,
  knewByAsking: (what: string, at: MomentPiece): Prose =>
    prose`${what}: we knew at ${at}, when we asked`,
  knewUntold: (what: string, at: MomentPiece): Prose =>
    prose`${what}: we knew at ${at}; its source gave no time`,
  knewSoon: (what: string, occurred: MomentPiece, at: MomentPiece): Prose =>
    prose`${what} at ${occurred}: we knew at ${at}`,
  knewLate: (what: string, occurred: MomentPiece, at: MomentPiece, late: string): Prose =>
    prose`${what} at ${occurred}: we knew at ${at}, ${late} later`,
  knewEarly: (what: string, at: MomentPiece, early: string): Prose =>
    prose`${what}: we recorded it at ${at}; its source says that it occurred ${early} after we recorded it, so one of the two clocks is wrong`,
  knewWithheld: (what: string): string => `${what}: when it was recorded is withheld`,

  calls: numbers,
  wasInDoubt: (calls: string, isOne: boolean, from: Text, until: Text, lasted: string): Prose =>
    prose`${calls} ${isOne ? 'was' : 'were'} in doubt from ${from} to ${until}${lasted === '' ? '' : ` (${lasted})`}`,
  isInDoubt: (calls: string, isOne: boolean, from: Text): Prose =>
    prose`${calls} ${isOne ? 'has' : 'have'} been in doubt since ${from}, up to the end of this history`,
  withheldTime: 'a time that is withheld',

  /** Why the machine cannot fold a history any further. */
  foldEnds: {
    withheld: (revision: number) => `what decides revision ${revision} is withheld`,
    unreadable: (revision: number) => `this version cannot read revision ${revision}`,
    noBeginning: (revision: number) =>
      `revision ${revision} does not create the order; the beginning is missing`,
    gap: (revision: number, expected: number) =>
      `revision ${expected} is missing before revision ${revision}`,
    otherOrder: (revision: number) =>
      `revision ${revision} creates an order that belongs to another stream`,
    notTaken: (revision: number, state: string) =>
      `the machine does not accept revision ${revision} in state ${state}`,
    diverged: (revision: number, recorded: string, derived: string) =>
      `revision ${revision} was recorded as ${recorded}, but this machine goes ${derived}`,
  },
};

export type Moved = 'before' | 'during' | 'after' | 'unclear';

export type FindingWords = typeof en;

import { counted } from '../phrases.ts';

/** What an operator does in the console, and what was recorded. Texts arrive as they are. */
export const en = {
  order: (orderNo: string) => `Order ${orderNo}`,
  whyTitle: 'Why it needs a person',
  needsNobody: 'It needs nobody now.',
  whatToDo: 'What to do',
  actionsTitle: 'What you can do now',
  readOnly:
    'This console only reads. Whoever starts it with --act and a name can act on the order here.',
  correct: 'Correct a mistake',
  correctHint: 'Nothing is deleted: the event stays in the history, and does not count any more.',
  at: (revision: number) => `revision ${revision}`,

  /** What is done, as a button and a heading say it. */
  actions: {
    ask: 'Ask the platform',
    retry: 'Call the platform again',
    abandon: 'Give the cancel up',
    acknowledge: (number: number) => `Acknowledge anomaly ${number}`,
    retract: (revision: number) => `Retract revision ${revision}`,
    resolve: {
      cancelled: 'Resolve: it was cancelled',
      paid: 'Resolve: it was paid',
      failed: 'Resolve: the payment failed',
      open: 'Resolve: it was not cancelled',
    },
    /** Of a notice. */
    notice: { retry: 'Try the notice again', discard: 'Discard the notice' },
  },
  /** When somebody chooses it, in one sentence. */
  hints: {
    ask: 'The platform is asked how the order stands. This changes nothing there, and its answer may settle the order.',
    retry: 'Another attempt to cancel is made at once, with a new budget of attempts.',
    abandon: 'The order goes back to where it was before the cancel. Nobody is called.',
    acknowledge:
      'You have dealt with it elsewhere, or there is nothing to do. It moves no money: say in the note what was done.',
    retract: 'It was recorded by mistake, and you can show it.',
    resolve: {
      cancelled: 'You have evidence that the platform closed the order.',
      paid: 'You have evidence that the money is there. Its amount and transaction number are recorded as well.',
      failed: 'You have evidence that the payment failed.',
      open: 'You have evidence that no attempt ran; the order is still open at the platform.',
    },
  },

  recorded: {
    title: 'What will be recorded',
    titleAsked: 'What will happen',
    question:
      'The platform is asked (payment.order.query). What it answers is recorded, unless it adds nothing to the history. Nobody knows the answer before.',
    state: 'State',
    fromTo: (from: string, to: string) => (from === to ? `stays “${to}”` : `“${from}” → “${to}”`),
    platform: 'Platform',
    calls: 'It is called to cancel the order. What it answers is recorded after that.',
    callsNobody: 'It is not called.',
    asked: 'It is asked. It is not called to cancel.',
    opens: 'Opens',
    closes: 'Closes',
    closesNumber: (number: number, meaning: string) => `anomaly ${number}: ${meaning}`,
    who: 'Recorded as',
    by: (who: string) => `${who}, source console`,
    decidedOn: 'Decided on',
    revision: (revision: number) => `revision ${revision}; if the order moves on, nothing is done`,
    thenPayment:
      'After it, the payment is recorded with the amount and the transaction number that you write below (PaymentSucceeded). It is shown here before anything is recorded.',
    asWritten: 'as you write it below',
    rejected: (why: string) =>
      `It would be rejected: ${why}. Only the rejection would be recorded.`,
    duplicate: 'It is done already: nothing would be done again.',
  },

  fields: {
    note: 'Note',
    evidence: 'Evidence',
    transactionNo: 'Transaction number',
    amount: 'Amount',
    currency: 'Currency',
  },
  fieldHints: {
    note: 'Why, and what was done elsewhere: a ticket, a refund that was ordered. Stored with the event; it may stay empty.',
    evidence:
      'What was found, and where: a line of the bill, a ticket, a name. It is stored for ever.',
    transactionNo: 'The channel’s number of the payment.',
    amount: 'With a decimal point, such as 128.00; without one it is in minor units (fen for CNY).',
    currency: 'ISO 4217, such as CNY.',
  },
  missing: 'It is needed.',
  wrong: (problem: string) => `It ${problem}.`,
  keepOut: 'Keep personal data out.',
  confirm: 'Record it',
  confirmAsk: 'Ask now',
  confirmCall: 'Call the platform now',
  show: 'Show what will be recorded',
  cancel: 'Back to the order',
  lookFirst: 'Nothing is recorded yet. This is what would be recorded; confirm it, or change it.',
  problems: 'Nothing was recorded: something in the form is missing or wrong.',

  moved: {
    title: 'The order has moved on',
    lead: (seen: number, now: number) =>
      `You saw revision ${seen}; now it is revision ${now}. Nothing of yours was recorded.`,
    since: 'Recorded since',
    again: 'Look again, and decide on what is there now',
  },
  reused: {
    title: 'This form was answered before',
    lead: 'It was sent before with other words, and that was recorded. Nothing more was recorded now.',
    again: 'Open the form again',
    receipt: 'What was recorded',
  },
  notAllowed: 'This cannot be done to the order now.',

  receipt: {
    title: 'Receipt',
    answers: {
      accepted: 'Recorded.',
      duplicate: 'It was recorded before. Nothing was done again.',
      rejected: 'Rejected',
      recorded: 'The platform answered, and the answer is recorded.',
      'not-recorded':
        'The platform answered. The answer adds nothing to the history, so it is not recorded.',
    },
    because: (answer: string, why: string) => `${answer}: ${why}.`,
    half: 'The resolution is recorded. The payment is not, for the reason below. Send the same form again: it records the payment, and nothing twice.',
    again: 'Send the same form again',
    said: (meaning: string, rule: string) => `It said: ${meaning} (rule: ${rule}).`,
    events: 'What was recorded',
    none: 'No event was recorded.',
    headers: { revision: 'Revision', event: 'Event', data: 'Data', hash: 'Hash' },
    now: 'How it stands now',
    next: 'Next',
    gone: 'No receipt of this number is kept. Receipts last as long as the console runs; the order’s history has all of it.',
    keep: 'Keep the last revision and hash: together they prove later that nothing was lost.',
    toOrder: 'To the order',
    toQueue: 'To the queue',
    toNotice: 'To the notice',
    done: 'The order needs nobody any more.',
  },

  bulk: {
    actions: {
      retry: 'Call the platform again for many',
      acknowledge: 'Acknowledge many anomalies',
    },
    lead: (count: number) =>
      `${counted(count, 'order')}, oldest first, at most 50. Take out those that you do not want.`,
    calls: 'For each one the platform is called to cancel the order, one after the other.',
    callsNobody: 'The platform is not called.',
    none: 'No order can take this action now.',
    headers: {
      take: 'Take',
      order: 'Order',
      why: 'Why',
      fromTo: 'From → to',
      what: 'What is recorded',
    },
    take: (orderNo: string) => `take order ${orderNo}`,
    left: 'Left out',
    confirm: {
      retry: 'Call for those that are marked',
      acknowledge: 'Acknowledge those that are marked',
    },
    noneTaken: 'Nothing is marked, so nothing was done.',
  },
  job: {
    phases: {
      running: (done: number, all: number) => `${done} of ${all} done; the next is under way.`,
      stopping: (done: number, all: number) =>
        `${done} of ${all} done; it stops after the one that is under way.`,
      ended: (done: number, all: number) =>
        done === all
          ? `All ${all} done.`
          : `${done} of ${all} done; the others were left as they are.`,
    },
    stop: 'Stop after this one',
    waits: 'waits',
    left: 'left as it was',
    underWay: 'under way',
    headers: { order: 'Order', result: 'What came of it', state: 'State', receipt: 'Receipt' },
    failed: (message: string) => `not done: ${message}`,
    receipt: 'receipt',
    gone: 'No job of this number is known. Jobs last as long as the console runs.',
  },
};

export type ActsWords = typeof en;

import type { AttentionWhy } from '../../order/attention.ts';
import { en as attention } from '../attention/en.ts';
import { counted } from '../phrases.ts';

type Names<Key extends string> = Readonly<Record<Key, string>>;

const lessThanMinute = 'less than 1 min';
const lasting = (age: string) => `for ${age === attention.moment ? lessThanMinute : age}`;

/** The console's queue, inbox and recovery. Texts that come from outside are escaped by the page. */
export const en = {
  queue: {
    title: 'Queue',
    listsNeeding: 'Orders that need a person',
    needing: 'Need a person',
    all: 'All orders',
    chips: 'Lists',
    /** The names of the reasons, as a list of orders is called by them. */
    whys: {
      'needs-review': 'Needs review',
      anomaly: 'Anomaly',
      doubt: 'In doubt',
      overdue: 'Overdue',
      'attempt-overdue': 'Call without an outcome',
      stalled: 'Stalled',
      unreadable: 'Unreadable',
    } satisfies Names<AttentionWhy>,
    /** What such a list holds, in a sentence. */
    about: {
      'needs-review':
        'Automation has stopped: the platform blocks the call, or nothing more can be tried without ' +
        'a decision.',
      anomaly: 'What is recorded contradicts itself, and nobody has acknowledged it.',
      doubt: 'For long nobody has known whether a call to cancel had an effect.',
      overdue: 'A retry or a question is due, and nobody makes it.',
      'attempt-overdue': 'A call was begun, and its outcome is not recorded past its deadline.',
      stalled: 'The order is open, and nothing happens.',
      unreadable: 'What is stored cannot be read. "payment-order verify" names the fault.',
    } satisfies Names<AttentionWhy>,
    oldest: (age: string) => `the oldest ${lasting(age)}`,
    search: 'Find an order',
    searchHint: 'The beginning of an order, process bill, transaction or refund number',
    find: 'Find',
    found: (text: string) => `Orders with a number that begins with “${text}”`,
    endSearch: 'End the search',
    state: 'State',
    anyState: 'any',
    gateway: 'Gateway',
    anyGateway: 'any',
    noGateway: 'none recorded',
    sort: 'Order by',
    sorts: {
      created: 'oldest first',
      '-created': 'newest first',
      since: 'longest in its state first',
      '-since': 'shortest in its state first',
      amount: 'smallest amount first',
      '-amount': 'largest amount first',
      due: 'due first',
      '-due': 'due last',
    },
    apply: 'Show',
    stateInside: (inside: string) => `cancelling: ${inside}`,
    headers: {
      order: 'Order',
      why: 'Why',
      state: 'State',
      amount: 'Expected / received',
      attempts: 'Calls, last answer',
      next: 'Next',
      actor: 'Last actor',
      gateway: 'Gateway',
    },
    sortBy: (header: string) => `sort by ${header}`,
    bill: (bill: string) => `bill ${bill}`,
    for: lasting,
    expected: (amount: string) => `${amount} expected`,
    received: (amounts: string) => `${amounts} received`,
    nothingReceived: 'nothing received',
    receivedUnknown: 'received, nobody told how much',
    noCalls: 'none',
    calls: (count: number) => counted(count, 'call'),
    nobody: 'nobody is needed',
    empty: {
      needing: 'No order needs a person now.',
      why: 'No order needs a person for this reason now.',
      found: 'No order has a number that begins so.',
      filtered: 'No order fits these filters.',
      store: 'No order is stored yet.',
    },
    withoutFilters: 'Show without filters',
    next: 'Next page',
    first: 'First page',
    page: (shown: number) => `${counted(shown, 'order')} on this page`,
    many: {
      retry: (count: number) => `Call again for many (${count}) …`,
      acknowledge: (count: number) => `Acknowledge many (${count}) …`,
      acknowledgeCode: (meaning: string, count: number) => `${meaning} (${count}) …`,
      ofOneKind: 'Of one kind:',
    },
    notices: (held: number, waiting: number) =>
      `${counted(held, 'notice')} held for an operator, ${waiting} waiting`,
    toInbox: 'Open the inbox',
    toRecovery: 'How recovery stands',
  },
  inbox: {
    title: 'Inbox',
    about:
      'Notices that are not settled: held ones need an operator, waiting ones are tried again by ' +
      'recovery. The oldest come first.',
    headers: {
      notice: 'Notice',
      status: 'Status',
      received: 'Received',
      order: 'Order',
      what: 'What stands in its way',
    },
    since: lasting,
    ago: (age: string) => `${age === attention.moment ? lessThanMinute : age} ago`,
    noOrder: 'not known',
    empty: 'No notice is held, and none is waiting.',
    unreadable: 'It cannot be read. "payment-order verify" names the fault.',
    page: (shown: number) => `${counted(shown, 'notice')} on this page`,
  },
  notice: {
    title: (digits: string) => `Notice ${digits}`,
    back: 'All that are not settled',
    notFound: 'There is no such notice.',
    payers: 'The body names payers. Look at it only where you need it.',
    showBody: 'Show the body',
    hideBody: 'Hide the body',
    events: 'What happened to it',
    eventHeaders: { revision: 'Revision', at: 'Recorded (UTC)', event: 'Event', by: 'By' },
    types: {
      NoticeReceived: 'It came and was kept',
      NoticeWaits: 'It waits',
      NoticeHeld: 'It was held for an operator',
      NoticeApplied: 'Its fact was recorded',
      NoticeRetried: 'An operator tried it again',
      NoticeVouched: 'The same notice came again, vouched for',
      NoticeDiscarded: 'An operator set it aside',
    } as Readonly<Record<string, string>>,
    readOnly: 'The console only reads. With --act it would offer to try again and to discard.',
    settled: 'It is settled. There is nothing to do.',
    allTheSame: 'Act on it all the same',
    retry: {
      title: 'Try again',
      records: (by: string) =>
        `Records NoticeRetried by ${by}. The notice is read again; once it is vouched for and its ` +
        'order is there, its fact is recorded in that order. The platform is not called.',
      vouchedBy: 'How you know that it is true',
      vouchedByHint:
        'Recorded with the fact, such as “bill of 28 November, line 12”. Leave it empty to try again ' +
        'as it is.',
      order: 'The order that it is about',
      orderHint: 'Only where its translator does not know, or is wrong.',
      forged:
        'Its signature is invalid, so it can never become a fact. If it is true all the same, record ' +
        'the fact from another source.',
      button: 'Try again',
    },
    discard: {
      title: 'Discard',
      records: (by: string) =>
        `Records NoticeDiscarded by ${by}, with the reason. The notice stays stored and changes no ` +
        'order. The platform is not called.',
      reason: 'Why',
      reasonHint: 'At most 512 characters.',
      button: 'Discard',
    },
    required: 'Say why.',
    moved: (seen: number, now: number) =>
      `The notice has changed since you looked: you saw revision ${seen}, now it is ${now}. Nothing ` +
      'was recorded. What happened to it stands below; look, and decide again.',
  },
  recovery: {
    title: 'Recovery',
    about:
      'Recovery makes the calls and questions that are due. It runs in processes that say beside the ' +
      'order index how they stand.',
    working: (count: number) => `${count} process${count === 1 ? ' is' : 'es are'} at work.`,
    /** Why nobody seems to work. */
    faults: {
      'no-file':
        'The index of orders is kept in memory, so no process says here how its recovery stands. ' +
        'Give the same --index FILE to the workers and to the console.',
      none: 'No process says that it runs recovery, so nobody makes what is due. Start "payment-order work".',
      stale:
        'No process has said within 30 s how its recovery stands: it has died or hangs. Start it again.',
      'not-following':
        'Recovery runs, but follows no store now: it is being started, or the store cannot be read. ' +
        'Its process writes more to stderr.',
    },
    processes: 'Processes',
    headers: {
      process: 'Process',
      phase: 'Recovery',
      seen: 'Last said',
      lag: 'Late by',
      waiting: 'Waiting',
      due: 'Due',
      inFlight: 'In flight',
      fired: 'Fired',
      last: 'Last one',
    },
    gateways: 'Gateways',
    gatewayHeaders: {
      name: 'Gateway',
      state: 'State',
      since: 'Since',
      rule: 'Why',
      waiting: 'Orders waiting',
      process: 'Says',
    },
    up: 'up',
    down: 'DOWN',
    leftAlone: (others: number, noGateway: number) =>
      `${counted(others, 'order')} of other gateways left alone, and ${noGateway} due that record no ` +
      'gateway',
    stale: 'silent',
    notices: 'Notices',
    noticeCounts: (waiting: number, due: number) => `${waiting} waiting, ${due} due`,
  },
};

export type ListsWords = typeof en;

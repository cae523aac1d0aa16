import type { ErrorCode } from '../../errors.ts';
import { counted } from '../phrases.ts';

const changedHistory =
  'the history was altered or truncated: keep the store as it is, list each fault with ' +
  '"verify ORDER", and compare with a backup';
const newerVersion = 'read it with the version that wrote it, or a newer one';

type Counted = Readonly<Record<'orders' | 'notices' | 'events', number>>;

/** Why all orders that are overdue wait, or that they have several reasons. */
type WhyOverdue = 'gateway-down' | 'no-gateway' | 'several';

/** What the command says about a store, and what to do about it. */
export const store = {
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
    'no-gateway':
      'run it with the settings of its gateway; --adopt, where it records none and is an ' +
      'order of yours',
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
  backedUp: (place: string, { orders, notices, events }: Counted) =>
    `backed up: ${place}, ${counted(orders, 'order')}, ` +
    `${notices === 0 ? '' : `${counted(notices, 'notice')}, `}${counted(events, 'event')}`,
  /** `head` is a witness of the order that was written to last. */
  backupHead: (order: string, head: string) =>
    `written to last: ${order}, head ${head}; keep it elsewhere`,
  nothingWaited: 'no order is waiting',
  fileMade: 'it was created',
  forgotten: 'memory: keeps nothing when this command ends; name a file with --store sqlite:FILE',
  faults: (count: number) => `store: NOT ok, ${counted(count, 'fault')}`,
  times: (count: number) => (count === 1 ? '' : ` (${count} times)`),
};

/** What `doctor` says. */
export const doctor = {
  names: {
    node: 'Node',
    sqlite: 'SQLite',
    store: 'store',
    'store-log': 'log of the store',
    notices: 'notices',
    overdue: 'recovery',
    'file-permissions': 'file permissions',
    'gateway-settings': 'gateway settings',
    'gateway-url': 'gateway URL',
    'private-key': 'private key',
    'gateway-reachable': 'gateway reachable',
    'gateway-query': 'question about an order',
    clock: 'clock',
  },
  ok: 'ok',
  notOk: 'NOT ok',
  note: 'note',
  nothingOverdue: 'nothing is overdue',
  ordersOverdue: (count: number, since: string, why: WhyOverdue | null) =>
    `${counted(count, 'order')} overdue, the first since ${since}: ` +
    {
      'no-recovery': 'no recovery is running for them; start payment-order work',
      'gateway-down': 'gateway-down, recovery goes on when their gateway can be called again',
      'no-gateway': 'no-gateway, no process that works may call for them',
      several: 'payment-order list --why overdue says why each of them waits',
    }[why ?? 'no-recovery'],
  allOk: 'everything is ok',
  nothingWrong: 'nothing is wrong; read the notes',
  versionIs: (version: string) => `version ${version}`,
  updateNode: (version: string) =>
    `version ${version}; install Node 24.16 or newer, which brings SQLite 3.51.3 or newer`,
  storeIsReadable: (path: string) => `${path} holds payment orders and is readable`,
  storeIsAbsent: (path: string) => `${path} does not exist yet; "create" makes it`,
  storeIsReached: 'the server answers and lets us read $all; whether we may write was not tried',
  storeIsDamaged: (faults: string) => `damaged: ${faults}`,
  noticesAreSound: (notices: number) => `${counted(notices, 'notice')} checked`,
  noticesAreFaulty: (faults: string) => `faulty: ${faults}`,
  storeInMemory: 'in memory: nothing is kept when the command ends',
  logIsMoved: 'the file holds everything; copy a store in use with "backup" only',
  logIsAhead: (pages: number, bytes: number) =>
    `the newest changes (${counted(pages, 'page')}, ${bytes} bytes) are only in the -wal file; ` +
    'a copy of the file alone lacks them: use "backup"',
  fileIsPrivate: (mode: string) => `mode ${mode}`,
  fileIsOpen: (mode: string, files: string) =>
    `mode ${mode}: every user of this machine may open it; run chmod 600 ${files}`,
  fileIsShared: (mode: string, files: string) =>
    `mode ${mode}: its group may open it; unless that is wanted, run chmod 600 ${files}`,
  directoryIsNotWritable: 'no permission to write; use another directory or change its owner',
  gatewayAbsent: 'not set; cancel, retry, ask and work need them',
  gatewayComplete: 'complete',
  gatewayIncomplete: (missing: string) => `incomplete; also set ${missing}`,
  appIdIsWrong: 'the app id must be the 16 letters and digits given by the platform',
  urlAccepted: 'accepted',
  keyIsFit: (bits: number) => `RSA, ${bits} bits, not open to others`,
  keyIsWeak: (bits: number) => `RSA, ${bits} bits: works, but ask the platform for 2048 bits`,
  reached: (host: string) => `${host} accepts connections`,
  notReached: (host: string, why: string) =>
    `${host} cannot be reached (${why}); check the URL and the network`,
  queryAllowed:
    'payment.order.query may be called: a doubt ends by asking, and changes nothing at the platform',
  queryForbidden: (code: string) =>
    `payment.order.query may not be called (code ${code}): a doubt is probed by another cancel, ` +
    'whose refusal proves nothing, and after 16 hours a person must look; ask the platform to ' +
    'enable this call',
  queryUnclear: (code: string) =>
    `payment.order.query was answered with code ${code} for an order that does not exist; the ` +
    'platform does not forbid the call, but only a question about a real order shows that it works',
  queryFailed: (rule: string) =>
    `payment.order.query was not answered (${rule}); a cancel would fail alike: check the URL ` +
    'and the network, and whether the platform is up',
  queryRefused: {
    'app-id-wrong':
      'the platform refused payment.order.query (app-id-wrong), and would refuse a cancel: check ' +
      'the app id',
    'signature-refused':
      'the platform refused payment.order.query (signature-refused), and would refuse a cancel: ' +
      'it has another key for this app id than the public half of this private key',
    'timestamp-refused':
      'the platform refused payment.order.query (timestamp-refused), and would refuse a cancel: ' +
      'set the clock of this machine',
  },
  clockIsWrong: (time: string) =>
    `shows ${time}; set it: the platform accepts timestamps up to 30 s old`,
};

export type StoreWords = typeof store;
export type DoctorWords = typeof doctor;

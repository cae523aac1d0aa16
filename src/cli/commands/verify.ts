import { PaymentOrderError } from '../../errors.ts';
import type {
  Fault,
  LogVerification,
  NoticeVerification,
  PaymentOrders,
  Verification,
} from '../../index.ts';
import { orderNotFound } from '../../order/decide.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { refuseWithout, UsageError, witness as parseWitness } from '../input/arguments.ts';
import { flag, text } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import type { Answer } from '../jobs/answer.ts';
import { errorOf } from '../jobs/answer.ts';
import { withCrew } from '../jobs/crew.ts';
import { jobsFrom, jobsOption } from '../jobs/jobs.ts';
import { exitCodeOfFaults, exitCodes } from '../output/failure.ts';
import { Progress } from '../output/progress.ts';
import { withOrders } from '../session.ts';
import type { LogClaim } from './verify-log.ts';
import { logClaimIn, logLines } from './verify-log.ts';

export const commands = [
  command('verify [ORDER]', {
    about: 'check the history against its hashes, the machine, and a witness',
    help: `
What a chain of one order cannot see, such as an order that is gone or two that were exchanged, a
checkpoint shows that was kept elsewhere. One that stands only in this store proves nothing against
those who can write there. Whose signatures count, --trust says; without it nobody vouches.`,
    options: {
      all: flag('--all', 'every order of the store, and the store itself'),
      first: flag('--first', 'with --all: stop at the first fault'),
      ndjson: flag('--ndjson', 'with --all: one JSON document a line, in constant memory'),
      jobs: jobsOption,
      witness: text('--witness <REVISION:HASH>', 'a head seen before and kept elsewhere'),
      bundle: text('--bundle <DIR>', 'a package of evidence instead, without any store'),
      seal: text('--seal <SHA256>', "with --bundle: its manifest's digest, as export printed it"),
      originals: text(
        '--originals <FILE>',
        'with --bundle: withheld events to check against it, one a line',
      ),
      strict: flag('--strict', 'with --bundle: a file that nothing proves is a fault too (exit 3)'),
      checkpoint: text('--checkpoint <FILE>', 'with --all: what the log over all orders held then'),
      leaves: text(
        '--leaves <FILE>',
        'with --checkpoint: a .tlog file kept since, to name what differs',
      ),
      trust: text('--trust <FILE>', 'with --checkpoint or --bundle: the keys of log and witnesses'),
    },
    run: async (
      context,
      { bundle, seal, originals, strict, all, witness, checkpoint, leaves, trust, ...ofAll },
      orderNo,
    ) => {
      const ofLog = { '--checkpoint': checkpoint, '--leaves': leaves };
      if (bundle !== undefined) {
        if (orderNo !== undefined || all) {
          throw new UsageError('--bundle goes without ORDER and without --all');
        }
        refuseWithout('with --all', { ...namesOf(ofAll), ...ofLog });
        // The code for packages is not loaded to check a store.
        const { verifyBundleAt } = await import('./verify-bundle.ts');
        return verifyBundleAt(context, bundle, { seal, originals, witness, trust, strict });
      }
      const ofBundle = { '--seal': seal, '--originals': originals, '--strict': strict };
      refuseWithout('with --bundle', ofBundle);
      if (all) {
        if (orderNo !== undefined || witness !== undefined) {
          throw new UsageError('--all goes without ORDER and without --witness');
        }
        const claim = await logClaimIn(context, { checkpoint, leaves, trust });
        return verifyAll(context, ofAll, claim);
      }
      refuseWithout('with --all', { ...namesOf(ofAll), ...ofLog });
      refuseWithout('with --checkpoint or --bundle', { '--trust': trust });
      if (orderNo === undefined) {
        throw new UsageError('nothing to verify: give ORDER, --all or --bundle DIR');
      }
      return verifyOne(context, orderNo, witness);
    },
  }),
];

type OfAll = {
  readonly first: boolean;
  readonly ndjson: boolean;
  readonly jobs: string | undefined;
};

const namesOf = ({ first, ndjson, jobs }: OfAll) => ({
  '--first': first,
  '--ndjson': ndjson,
  '--jobs': jobs,
});

function verifyOne(context: Context, orderNo: string, given: string | undefined): Promise<number> {
  const witness = given === undefined ? undefined : parseWitness(given);
  return withOrders(context, async (orders) => {
    const verification = await orders.verify(orderNo, witness);
    const { events, ok } = verification;
    // With a witness, an empty stream is a lost one.
    if (events === 0 && ok) throw orderNotFound(orderNo);
    await context.screen.answer(verification, () => verificationLines(context, verification));
    return exitCodeOfFaults(verification.faults);
  });
}

/** One broken history does not hide the others. */
function verifyAll(
  context: Context,
  { first, ndjson, jobs }: OfAll,
  claim: LogClaim | null,
): Promise<number> {
  const { settings, screen, words } = context;
  const task = { work: 'verify', jobs: jobsFrom(jobs, settings) } as const;
  const absence = absenceOf(settings, words);
  if (absence !== null) throw new PaymentOrderError('store-unavailable', absence);
  return withCrew(context, task, async (crew, orders) => {
    // Where an index is damaged, the listing may lack what the histories hold.
    const checking = crew.checkStore();
    const found = new Set(first ? storeFaults(await checking) : []);
    const verifications: Verification[] = [];
    const notices: NoticeVerification[] = [];
    const progress = new Progress(context);
    // The codes alone are kept: with --ndjson, and for people, memory stays constant.
    const codes = new Set<string>();
    const isStopping = () => first && found.size + codes.size > 0;
    try {
      if (!isStopping()) {
        for await (const verification of crew.results()) {
          progress.saw(verification.events, verification.faults.length);
          for (const { code } of verification.faults) codes.add(code);
          if (ndjson) screen.document(verification);
          else if (screen.json) verifications.push(verification);
          else screen.lines(verificationLines(context, verification));
          if (isStopping()) break;
        }
      }
      if (!isStopping()) {
        for await (const verification of orders.inbox().verifyAll()) {
          progress.sawNotice(verification);
          for (const { code } of verification.faults) codes.add(code);
          if (ndjson) screen.document(verification);
          else if (screen.json) notices.push(verification);
          else screen.lines(noticeVerificationLines(context, verification));
          if (isStopping()) break;
        }
      }
    } catch (error) {
      found.add(sentenceOfDamage(error));
    }
    const ofStore = storeFaults(await checking);
    const log =
      claim === null || isStopping()
        ? undefined
        : await logOf({ context, orders, claim }, found, codes.size + ofStore.length === 0);
    const store = new Set([...ofStore, ...found]);
    const all = { verifications, notices, store: [...store], log };
    conclude(context, all, { ndjson, progress, stopped: isStopping() });
    if (store.size > 0 || log?.ok === false) return exitCodes.integrity;
    return exitCodeOfFaults(Array.from(codes, (code) => ({ code })));
  });
}

/** Undefined where the store is so damaged that it has no log; `found` says it then. */
async function logOf(
  {
    context,
    orders,
    claim,
  }: {
    readonly context: Context;
    readonly orders: PaymentOrders;
    readonly claim: LogClaim;
  },
  found: Set<string>,
  isAllElseSound: boolean,
): Promise<LogVerification | undefined> {
  try {
    const log = await orders.transparencyLog().verify(claim);
    const lines = logLines(context, log, isAllElseSound && found.size === 0);
    if (!context.screen.json) context.screen.lines(lines);
    return log;
  } catch (error) {
    found.add(sentenceOfDamage(error));
    return undefined;
  }
}

function conclude(
  { screen, words }: Context,
  all: {
    readonly verifications: readonly Verification[];
    readonly notices: readonly NoticeVerification[];
    readonly store: readonly string[];
    readonly log: LogVerification | undefined;
  },
  ended: { readonly ndjson: boolean; readonly progress: Progress; readonly stopped: boolean },
): void {
  const { store, log } = all;
  const { ndjson, progress, stopped } = ended;
  if (ndjson) screen.document({ store, log });
  else if (screen.json) screen.document(all);
  else {
    if (store.length > 0) screen.lines([screen.paint('red', words.store.faults(store.length))]);
    screen.lines(store.map((sentence) => `  ${escapeForTerminal(sentence)}`));
    screen.talk(words.verifiedAll(progress.orders, progress.notices, progress.faults));
    if (stopped) screen.talk(words.history.stoppedAtFirst);
    if (store.length > 0) screen.talk(words.hint(words.store.advice['store-corrupt']));
  }
}

function storeFaults({ results, failure }: Answer<string>): readonly string[] {
  return failure === null ? results : [sentenceOfDamage(errorOf(failure))];
}

/** Damage may be such that even looking for it fails; any other error is thrown on. */
function sentenceOfDamage(error: unknown): string {
  if (error instanceof PaymentOrderError && error.code === 'store-corrupt') return error.message;
  throw error;
}

function verificationLines(
  { screen, words }: Context,
  { orderNo, ok, events, witness, faults }: Verification,
): readonly string[] {
  const head = witness === null ? '–' : `${witness.revision}:${witness.hash}`;
  const name = escapeForTerminal(orderNo);
  if (ok) return [screen.paint('green', words.verified(name, events, head))];
  return [screen.paint('red', words.notVerified(name, faults.length)), ...faultLines(faults)];
}

function noticeVerificationLines(
  { screen, words }: Context,
  { stream, ok, events, faults }: NoticeVerification,
): readonly string[] {
  const name = escapeForTerminal(stream);
  if (ok) return [screen.paint('green', words.inbox.verified(name, events))];
  return [screen.paint('red', words.inbox.notVerified(name, faults.length)), ...faultLines(faults)];
}

function faultLines(faults: readonly Fault[]): readonly string[] {
  return faults.map(({ code, message }) => `  ${code}: ${escapeForTerminal(message)}`);
}

import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HistoryEvent, PaymentOrder, PaymentOrders } from '../../index.ts';
import { defaultRetryPolicy } from '../../../machines/payment-order.retry-policy.ts';
import { openPaymentOrders } from '../../open.ts';
import { systemRuntime } from '../../runtime.ts';
import { startSandbox } from '../../sandbox/index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { UsageError } from '../input/arguments.ts';
import { pathAt, storeUrlAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { described, eventLines } from '../output/event-lines.ts';
import { exitCodes } from '../output/failure.ts';
import { shownStore, typed } from '../output/next-commands.ts';
import { personIn } from '../person.ts';
import { stopping } from '../session.ts';
import type { Story } from './demo-stories.ts';
import { Arrivals, stories } from './demo-stories.ts';

/** Short, because the story of the lost answer waits it out; long enough for a busy machine. */
const attemptLimitMs = 2_000;

/** The same story waits for the first question too; by default it is asked after 5 s. */
const retryPolicy = {
  ...defaultRetryPolicy,
  unknownMs: [1_000, ...defaultRetryPolicy.unknownMs],
};

export const commands = [
  command('demo', {
    about: 'five short stories of a cancel, against a sandbox in this process',
    purpose: 'recover',
    run: demo,
  }),
];

/** Plays the stories; their orders stay in the store. */
async function demo(context: Context): Promise<number> {
  const { screen, words } = context;
  const store = storeFor(context);
  const runtime = systemRuntime();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const arrivals = new Arrivals();
  const sandbox = await startSandbox({
    runtime,
    callerPublicKey: publicKey,
    faults: Object.fromEntries(stories.map(({ orderNo, faults }) => [orderNo, faults])),
    onRequest: ({ orderNo }) => {
      arrivals.add(orderNo);
    },
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => sandbox.close());
  const { url, appId } = sandbox;
  const limits = { attemptMs: attemptLimitMs };
  await using orders = await openPaymentOrders({
    store: storeUrlAt(context.io.cwd, store),
    gateway: { url, appId, privateKey, limits },
    retryPolicy,
    runtime,
  });
  await refuseOtherOrders(orders);
  await orders.startRecovery({ only: 'orders' });
  const { signal } = stopping(context);
  // Closing awaits the call that is out; the next step of a story finds the orders closed.
  signal.addEventListener('abort', () => {
    void orders.close().catch(() => undefined);
  });
  const played: PaymentOrder[] = [];
  let isWell = true;
  try {
    for (const [index, story] of stories.entries()) {
      const title = words.demo.story(index + 1, story.orderNo, words.demo.stories[story.name]);
      say(context, ['', screen.paint('bold', title)]);
      await story.play({ orders, sandbox, arrivals, orderNo: story.orderNo });
      const order = await orders.get(story.orderNo);
      if (order !== null) played.push(order);
      const history = await orders.history(story.orderNo);
      const endedWell = await reportEnd(context, story, order, history);
      isWell &&= endedWell;
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  if (screen.json) screen.document({ store: shownStore(store), orders: played });
  else
    conclude({ ...context, settings: { ...context.settings, store, isStoreGiven: true } }, isWell);
  return isWell ? exitCodes.ok : exitCodes.runtime;
}

/** Recovery would call the sandbox for them, and take its answers for the platform's. */
async function refuseOtherOrders(orders: PaymentOrders): Promise<void> {
  const { done } = await orders.orderNumbers().next();
  if (done === true) return;
  throw new UsageError(
    'this store holds orders already, and the demo calls a sandbox for all that wait; ' +
      'name another one with --store',
  );
}

/** Shows how a story ended; true if it is as expected. */
async function reportEnd(
  context: Context,
  { expected, path }: Story,
  order: PaymentOrder | null,
  history: readonly HistoryEvent[],
): Promise<boolean> {
  const { screen, words } = context;
  const { endedWell, endedBadly } = words.demo;
  const state = order?.stateDetail ?? 'not created';
  const anomalies = order?.anomalies.map(({ code }) => code) ?? [];
  const isWell =
    state === expected.state &&
    anomalies.join() === expected.anomalies.join() &&
    history.map(({ type }) => type).join() === path.join();
  const end = isWell
    ? screen.paint('green', endedWell(words.state(state)))
    : screen.paint('red', endedBadly(words.state(state), words.state(expected.state)));
  say(context, [...(await eventLines(context, described(context, history))), end]);
  return isWell;
}

function conclude(context: Context, isWell: boolean): void {
  const { io, settings, screen, words } = context;
  const { kept, tryNext, allWell, notAllWell } = words.demo;
  const [doubted, late] = [stories[2]?.orderNo ?? '', stories[4]?.orderNo ?? ''];
  const who = personIn(context) === null ? ' --actor ID' : '';
  const place = escapeForTerminal(shownStore(settings.store));
  screen.lines(['', isWell ? allWell : notAllWell, kept(place), tryNext]);
  const next = [
    `show ${doubted}`,
    `log ${doubted}`,
    'verify --all',
    `diagram ${doubted} --format mermaid`,
    'list --attention',
    `acknowledge ${late} 1 --note 'refund ordered'${who}`,
  ];
  screen.lines(next.map((command) => `  ${typed(context, command)}`));
  const file = unusedFile(context, '.html');
  const report = typed(context, `export ${late} --html ${file}`);
  screen.lines([
    words.demo.report(escapeForTerminal(resolve(pathAt(io.cwd, file)))),
    `  ${report}`,
    words.demo.console,
    `  ${typed(context, 'console')}`,
  ]);
}

/** With --json, stdout has only the document. */
function say({ screen }: Context, lines: readonly string[]): void {
  if (screen.json) for (const line of lines) screen.talk(line);
  else screen.lines(lines);
}

/** The store of the environment may be the real one, so only `--store` is used. */
function storeFor(context: Context): string {
  const { isStoreGiven, store } = context.settings;
  return isStoreGiven ? store : `sqlite:${unusedFile(context, '.db')}`;
}

function unusedFile({ io }: Context, extension: string): string {
  let file = `payment-order-demo${extension}`;
  for (let number = 2; existsSync(pathAt(io.cwd, file)); number += 1)
    file = `payment-order-demo-${number}${extension}`;
  return file;
}

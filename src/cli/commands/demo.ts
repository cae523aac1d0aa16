import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { PaymentOrder, PaymentOrders } from '../../index.ts';
import { openPaymentOrders } from '../../open.ts';
import { systemRuntime } from '../../runtime.ts';
import { startSandbox } from '../../sandbox/index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { UsageError } from '../input/arguments.ts';
import { pathAt, storeUrlAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { described, eventLines } from '../output/event-lines.ts';
import { shownStore, typed } from '../output/next-commands.ts';
import type { Story } from './demo-stories.ts';
import { Arrivals, stories } from './demo-stories.ts';

/** Short, for the story of the lost answer waits it out; long enough for a busy machine. */
const attemptLimitMs = 2_000;

export const commands = [
  command('demo', {
    about: 'five short stories of a cancel, against a sandbox in this process',
    run: (context) => demo(context),
  }),
];

/** Plays the stories; their orders stay in the store. */
async function demo(context: Context): Promise<number> {
  const { screen, words } = context;
  const store = storeFor(context);
  const runtime = systemRuntime();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const arrivals = new Arrivals();
  await using sandbox = await closing(
    startSandbox({
      runtime,
      callerPublicKey: publicKey,
      faults: Object.fromEntries(stories.map(({ orderNo, faults }) => [orderNo, faults])),
      onRequest: ({ orderNo }) => {
        arrivals.add(orderNo);
      },
    }),
  );
  const { url, appId } = sandbox;
  const limits = { attemptMs: attemptLimitMs };
  await using orders = await openPaymentOrders({
    store: storeUrlAt(context.io.cwd, store),
    gateway: { url, appId, privateKey, limits },
    runtime,
  });
  const [first] = stories;
  if (first !== undefined && (await orders.get(first.orderNo)) !== null) {
    throw new UsageError(
      'this store already holds the orders of the demo; name another one with --store',
    );
  }
  const played: PaymentOrder[] = [];
  let isWell = true;
  for (const [index, story] of stories.entries()) {
    say(context, '');
    say(
      context,
      screen.paint(
        'bold',
        words.demo.story(index + 1, story.orderNo, words.demo.stories[story.name]),
      ),
    );
    await story.play({ orders, sandbox, arrivals, orderNo: story.orderNo });
    const ended = await endOf(orders, story);
    isWell &&= ended.ok;
    if (ended.order !== null) played.push(ended.order);
    await report(context, orders, story, ended);
  }
  if (screen.json) screen.document({ store: shownStore(store), orders: played });
  else
    conclude({ ...context, settings: { ...context.settings, store, isStoreGiven: true } }, isWell);
  return isWell ? 0 : 1;
}

type Ended = {
  readonly order: PaymentOrder | null;
  readonly state: string;
  readonly ok: boolean;
};

async function endOf(orders: PaymentOrders, story: Story): Promise<Ended> {
  const { orderNo, expected, path } = story;
  const order = await orders.get(orderNo);
  const anomalies = (order?.anomalies ?? []).map(({ code }) => code);
  const types = (await orders.history(orderNo)).map(({ type }) => type);
  const state = order?.stateDetail ?? 'not created';
  const ok =
    state === expected.state &&
    anomalies.join() === expected.anomalies.join() &&
    types.join() === path.join();
  return { order, state, ok };
}

async function report(
  context: Context,
  orders: PaymentOrders,
  { orderNo, expected }: Story,
  { ok, state }: Ended,
): Promise<void> {
  const { screen, words } = context;
  for (const line of await eventLines(context, described(context, await orders.history(orderNo))))
    say(context, line);
  const { endedWell, endedBadly } = words.demo;
  const shown = words.state(state);
  if (ok) say(context, screen.paint('green', endedWell(shown)));
  else say(context, screen.paint('red', endedBadly(shown, words.state(expected.state))));
}

function conclude(context: Context, isWell: boolean): void {
  const { settings, screen, words } = context;
  const { kept, tryNext, allWell, notAllWell } = words.demo;
  const [doubted, late] = [stories[2]?.orderNo ?? '', stories[4]?.orderNo ?? ''];
  const place = escapeForTerminal(shownStore(settings.store));
  screen.lines(['', isWell ? allWell : notAllWell, kept(place), tryNext]);
  const next = [
    `show ${doubted}`,
    `log ${doubted}`,
    'verify --all',
    `diagram ${doubted} --format mermaid`,
    'list --attention',
    `acknowledge ${late} 1 --note 'refund ordered'`,
  ];
  screen.lines(next.map((command) => `  ${typed(context, command)}`));
}

/** With --json, stdout has only the document. */
function say({ screen }: Context, line: string): void {
  if (screen.json) screen.talk(line);
  else screen.lines([line]);
}

/** The store of the environment may be the real one, so only `--store` is used. */
function storeFor({ io, settings }: Context): string {
  if (settings.isStoreGiven) return settings.store;
  let file = 'payment-order-demo.db';
  for (let number = 2; existsSync(pathAt(io.cwd, file)); number += 1)
    file = `payment-order-demo-${number}.db`;
  return `sqlite:${file}`;
}

async function closing<T extends { close(): Promise<void> }>(
  opening: Promise<T>,
): Promise<T & AsyncDisposable> {
  const opened = await opening;
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() });
}

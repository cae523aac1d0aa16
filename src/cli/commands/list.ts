import { compact } from '../../compact.ts';
import type { FoundOrder, FoundOrders, OrderSearch, PaymentOrders } from '../../index.ts';
import { errorCodes, PaymentOrderError } from '../../errors.ts';
import { streamOf } from '../../history/event.ts';
import { isOverdue, waitsBeside } from '../../listing/waits.ts';
import { attentionWhys } from '../../order/attention.ts';
import { orderSorts, searchedStates } from '../../order-index/types.ts';
import { sleep, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { oneOf, UsageError, wholeNumber } from '../input/arguments.ts';
import { indexFileOf } from '../input/index-file.ts';
import type { Flags } from '../input/options.ts';
import { flag, list as texts, text } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFailures, warn } from '../output/failure.ts';
import { listLines } from '../output/list-lines.ts';
import { IndexProgressLine } from '../output/progress.ts';
import { stopping, withOrders } from '../session.ts';

/** How long a list that is watched waits before it shows what time alone has changed, ms. */
const watchMs = 2_000;

const pageMax = 1_000;

export const whyOption = texts(
  '--why <REASON>',
  `those that need a person for it: ${attentionWhys.join(', ')}; several with commas`,
);

const options = {
  state: text('--state <STATE>', 'such as paid, cancelling or cancelling.inDoubt'),
  attention: flag('--attention', 'those that need a person, for whatever reason'),
  why: whyOption,
  since: text('--since <TIME>', 'those that came to their state then or later'),
  stalledAfterMs: text(
    '--stalled-after-ms <MS>',
    'created or paying for so long counts as stalled (default: never)',
  ),
  sort: text('--sort <KEY>', `${orderSorts.join(', ')}; - turns it round (default created)`),
  limit: text('--limit <N>', 'a page of at most so many (default: all)'),
  cursor: text('--cursor <CURSOR>', 'the next page, as the page before said'),
  watch: flag('--watch', 'show it again whenever something changes; stop with Ctrl-C'),
  ndjson: flag('--ndjson', 'one JSON document a line'),
};

export const commands = [
  command('list', {
    about: 'all orders, in the order of their creation; why and since when they need a person',
    options,
    run: (context, flags) => {
      const { watch, ndjson } = flags;
      const search = searchFrom(flags, context.settings.gatewayGiven);
      return withOrders(context, (orders) =>
        watch ? watching(context, orders, search, ndjson) : list(context, orders, search, ndjson),
      );
    },
  }),
  command('find <TEXT>', {
    about: 'orders by the beginning of an order, process bill, transaction or refund number',
    options: { ndjson: options.ndjson },
    run: (context, { ndjson }, quoted) =>
      withOrders(context, (orders) =>
        list(context, orders, { text: quoted }, ndjson, (shown) => {
          if (shown > 0) return exitCodes.ok;
          context.screen.talk(context.words.attention.noneFound(escapeForTerminal(quoted)));
          return errorCodes['order-not-found'].exitCode;
        }),
      ),
  }),
];

/** @throws {UsageError} */
function searchFrom(flags: Flags<typeof options>, gateway: string | undefined): OrderSearch {
  const { state, attention, why, since, sort, limit, cursor, stalledAfterMs } = flags;
  if (limit === undefined && cursor !== undefined) {
    throw new UsageError('--cursor can only be used with --limit');
  }
  const whys = whysFrom(why);
  // Without it nothing counts as stalled, and an empty list would look like good news.
  if (whys.includes('stalled') && stalledAfterMs === undefined) {
    throw new UsageError('--why stalled can only be used with --stalled-after-ms');
  }
  return compact({
    ...{ since, cursor, gateway },
    state: state === undefined ? undefined : oneOf(state, searchedStates, '--state'),
    attention: whys.length > 0 ? whys : attention || undefined,
    sort: sort === undefined ? undefined : oneOf(sort, orderSorts, '--sort'),
    limit: limit === undefined ? undefined : wholeNumber(limit, 'limit'),
    thresholds:
      stalledAfterMs === undefined
        ? undefined
        : { stalledMs: wholeNumber(stalledAfterMs, 'stalledAfterMs') },
  });
}

export function whysFrom(given: readonly string[]) {
  return given.map((why) => oneOf(why, attentionWhys, '--why'));
}

/** @param end - Gives the exit code by how many orders were shown. */
async function list(
  context: Context,
  orders: PaymentOrders,
  search: OrderSearch,
  ndjson: boolean,
  end?: (shown: number) => number,
): Promise<number> {
  const { screen, settings, words } = context;
  const absence = absenceOf(settings, words);
  if (absence !== null) warn(context, { message: absence });
  const found = await foundBy(context, orders, search);
  await show(context, found, ndjson);
  const unreadable = await failuresOf(orders, found.orders);
  if (unreadable.length > 0) return reportFailures(unreadable, context, settings.storeUrl);
  if (end !== undefined) return end(found.orders.length);
  if (!screen.json && found.orders.length === 0) {
    const isFiltered = Object.keys(search).length > 0;
    screen.talk(isFiltered && absence === null ? words.noneListed : words.noOrders);
  }
  if (!screen.json) talkOf(context, found, search);
  return exitCodes.ok;
}

/** One page where a limit is given, or else all of them. */
export async function foundBy(
  context: Context,
  orders: PaymentOrders,
  search: OrderSearch,
): Promise<FoundOrders> {
  const progress = new IndexProgressLine(context);
  const onProgress = progress.saw.bind(progress);
  const isPage = search.limit !== undefined;
  const found: FoundOrder[] = [];
  let { cursor } = search;
  for (;;) {
    const page = await orders.search(compact({ limit: pageMax, ...search, cursor, onProgress }));
    progress.end();
    found.push(...page.orders);
    if (isPage || page.cursor === null) return { ...page, orders: found };
    ({ cursor } = page);
  }
}

async function show(context: Context, found: FoundOrders, ndjson: boolean): Promise<void> {
  const { screen } = context;
  const { orders, cursor, notices, index } = found;
  const nowMs = systemRuntime().now();
  const waitsOf = orders.some(isOverdue)
    ? await waitsBeside(indexFileOf(context.settings), nowMs)
    : () => null;
  const told = orders.map((order) =>
    isOverdue(order) ? { ...order, waits: waitsOf(order) } : order,
  );
  if (ndjson) for (const order of told) screen.document(order);
  else if (screen.json) screen.document({ orders: told, cursor, notices, index });
  else if (orders.length > 0) screen.lines(await listLines(context, orders, nowMs, waitsOf));
}

function talkOf({ screen, words, settings }: Context, found: FoundOrders, search: OrderSearch) {
  const { cursor, notices, index } = found;
  const { waiting, held } = notices;
  if (cursor !== null) screen.talk(words.attention.more(cursor));
  if (search.attention !== undefined && waiting + held > 0) {
    screen.talk(words.attention.notices(waiting, held));
  }
  const isServer = !settings.storeUrl.startsWith('sqlite:') && settings.store !== 'memory:';
  if (index === 'memory' && isServer) screen.talk(words.attention.inMemory);
}

/** The errors of orders that cannot be read, as reading them gives them. */
async function failuresOf(
  orders: PaymentOrders,
  found: readonly FoundOrder[],
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const { orderNo, unreadable } of found) {
    if (unreadable === null) continue;
    await orders.get(orderNo).catch((error: unknown) => {
      const isNoNumber = error instanceof PaymentOrderError && error.field === 'orderNo';
      failures.push(isNoNumber ? misnamed(orderNo) : error);
    });
  }
  return failures;
}

function misnamed(orderNo: string): PaymentOrderError {
  const stream = streamOf(orderNo);
  const message = `stream ${stream}: no order can have this name; was the stream renamed?`;
  return new PaymentOrderError('illegal-history', message, { stream });
}

/** Shows the list again when an event comes, and when time alone changes it. */
async function watching(
  context: Context,
  orders: PaymentOrders,
  search: OrderSearch,
  ndjson: boolean,
): Promise<number> {
  const { screen } = context;
  const runtime = systemRuntime();
  const { signal } = stopping(context);
  let before = '';
  for (;;) {
    const found = await foundBy(context, orders, search);
    const now = JSON.stringify(found.orders);
    if (now !== before) {
      await show(context, found, ndjson);
      if (!screen.json && !ndjson) screen.lines(['']);
    }
    before = now;
    if (screen.isReaderGone) return exitCodes.ok;
    const ending = new AbortController();
    const either = AbortSignal.any([ending.signal, signal]);
    const feed = orders.events({ after: found.position, follow: true, signal: either });
    // A feed that fails is found by the next search.
    const happened = feed.next().catch(() => undefined);
    await Promise.race([happened, sleep(runtime, watchMs, either)]);
    ending.abort();
    await happened;
    signal.throwIfAborted();
  }
}

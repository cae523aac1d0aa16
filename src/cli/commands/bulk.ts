/**
 * One operator's command for many orders that need a person for the same reason. It shows what would
 * be done, and does it where it is told so.
 */

import type { FoundOrder, OrderSearch, PaymentOrders, Receipt } from '../../index.ts';
import { compact } from '../../compact.ts';
import { systemRuntime } from '../../runtime.ts';
import { UsageError, wholeNumber } from '../input/arguments.ts';
import { givenGateways } from '../input/gateways.ts';
import { flag, text } from '../input/options.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFailures } from '../output/failure.ts';
import { listLines } from '../output/list-lines.ts';
import { outcomeLines } from '../output/receipts.ts';
import { withOrders } from '../session.ts';
import { foundBy, whyOption, whysFrom } from './list.ts';

/** More at once nobody has looked at. */
const limitMax = 50;

export const bulkOptions = {
  why: whyOption,
  limit: text(
    '--limit <N>',
    `with --why: at most so many orders, up to ${limitMax} (default ${limitMax})`,
  ),
  yes: flag('--yes', 'with --why: do it; without it, show what would be done'),
};

type BulkFlags = {
  readonly why: readonly string[];
  readonly limit: string | undefined;
  readonly yes: boolean;
};

/** Whether the command is for many orders. @throws {UsageError} where it is for none, or for both. */
export function isBulk({ why, limit, yes }: BulkFlags, orderNo: string | undefined): boolean {
  const isMany = why.length > 0;
  if (isMany && orderNo !== undefined) throw new UsageError('give an order or --why, not both');
  if (!isMany && (limit !== undefined || yes)) {
    throw new UsageError('--limit and --yes can only be used with --why');
  }
  if (!isMany && orderNo === undefined) throw new UsageError('give an order, or --why');
  return isMany;
}

/** What is done with each order that was found: nothing, one thing, or several. */
export type BulkWork = {
  readonly command: string;
  /** Whether it calls: then only orders that a gateway of this run may call for are looked at. */
  readonly calls: boolean;
  readonly each: (orders: PaymentOrders, found: FoundOrder) => readonly (() => Promise<Receipt>)[];
};

export function bulk(context: Context, flags: BulkFlags, work: BulkWork): Promise<number> {
  const limit = flags.limit === undefined ? limitMax : wholeNumber(flags.limit, 'limit');
  if (limit > limitMax) throw new UsageError(`--limit must be at most ${limitMax}`);
  const search: OrderSearch = compact({
    ...{ attention: whysFrom(flags.why), sort: 'since' as const, limit },
    gateway: work.calls ? ownGateways(context) : undefined,
  });
  return withOrders(context, async (orders, signal) => {
    const found = (await foundBy(context, orders, search)).orders.filter(
      (order) => work.each(orders, order).length > 0,
    );
    return flags.yes
      ? perform(context, orders, found, work, signal)
      : preview(context, found, work);
  });
}

/** Those of this run, and none: an order that records none may be adopted. */
function ownGateways({ settings }: Context): readonly (string | null)[] | undefined {
  const names = givenGateways(settings).map(({ name }) => name);
  return names.length === 0 ? undefined : [...names, null];
}

async function preview(
  context: Context,
  found: readonly FoundOrder[],
  { command }: BulkWork,
): Promise<number> {
  const { screen, words } = context;
  const { bulk: texts } = words.attention;
  await screen.answer({ preview: found }, () =>
    found.length === 0 ? [] : listLines(context, found, systemRuntime().now()),
  );
  screen.talk(found.length === 0 ? texts.none : texts.preview(found.length, command));
  return exitCodes.ok;
}

/** One order after the other. A signal ends it between two of them. */
async function perform(
  context: Context,
  orders: PaymentOrders,
  found: readonly FoundOrder[],
  { each }: BulkWork,
  signal: AbortSignal,
): Promise<number> {
  const { screen, words, settings } = context;
  const counts = { accepted: 0, rejected: 0 };
  const failures: unknown[] = [];
  for (const order of found) {
    for (const act of each(orders, order)) {
      if (signal.aborted) break;
      try {
        const receipt = await act();
        counts[receipt.kind === 'rejected' ? 'rejected' : 'accepted'] += 1;
        if (screen.json) screen.document(receipt);
        else screen.lines(outcomeLines(context, receipt));
      } catch (error) {
        failures.push(error);
      }
    }
  }
  const { bulk: texts } = words.attention;
  screen.talk(
    found.length === 0
      ? texts.none
      : texts.done(counts.accepted, counts.rejected + failures.length),
  );
  if (failures.length > 0) return reportFailures(failures, context, settings.storeUrl);
  return counts.rejected > 0 ? exitCodes.rejected : exitCodes.ok;
}

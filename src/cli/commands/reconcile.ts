import type { BillDifference, PaymentOrders, ReconcileOptions } from '../../index.ts';
import { command } from '../command.ts';
import { UsageError } from '../input/arguments.ts';
import { flag, required, text } from '../input/options.ts';
import { absenceOf, pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { differenceLines } from '../output/bill-lines.ts';
import { exitCodes, reportFailures } from '../output/failure.ts';
import { withOrders } from '../session.ts';

export const commands = [
  command('reconcile', {
    about: "compare the platform's bill with all orders, and record what is missing here",
    purpose: 'ask',
    options: {
      from: required('--from <DAY>', 'the first day in China, such as 2021-02-02'),
      to: required('--to <DAY>', 'the last day; at most 366 days at a time'),
      bill: text(
        '--bill <FILE>',
        "CSV or JSON with the platform's columns (default: ask the gateway)",
      ),
      dryRun: flag('--dry-run', 'look only, and record nothing'),
      ndjson: flag('--ndjson', 'one JSON document a line'),
    },
    run: (context, { from, to, bill, dryRun, ndjson }) => {
      const { settings, words, io } = context;
      const absence = absenceOf(settings, words);
      if (absence !== null) throw new UsageError(absence);
      const file = bill === undefined ? undefined : pathAt(io.cwd, bill);
      const gateway = settings.gateway.name;
      const options = { from, to, gateway, bill: file, record: !dryRun, actor: settings.actor };
      // A file needs no gateway.
      const purpose = file === undefined ? 'ask' : dryRun ? 'read' : 'change';
      return withOrders({ ...context, purpose }, (orders, signal) =>
        reconcile(context, orders, { ...options, signal }, ndjson),
      );
    },
  }),
];

async function reconcile(
  context: Context,
  orders: PaymentOrders,
  options: ReconcileOptions,
  ndjson: boolean,
): Promise<number> {
  const { screen, settings } = context;
  const found: Found = {
    differences: [],
    counts: { differences: 0, facts: 0, notices: 0, remain: 0 },
  };
  const unreadable: unknown[] = [];
  const onUnreadable = (_orderNo: string, error: unknown) => unreadable.push(error);
  try {
    for await (const difference of orders.reconcile({ ...options, onUnreadable })) {
      count(found.counts, difference);
      if (ndjson) screen.document(difference);
      else found.differences.push(difference);
    }
  } catch (error) {
    // What was found and recorded before it broke off is still shown.
    if (found.differences.length > 0) await show(context, found);
    if (unreadable.length > 0) reportFailures(unreadable, context, settings.storeUrl);
    throw error;
  }
  if (!ndjson) await show(context, found);
  if (unreadable.length > 0) return reportFailures(unreadable, context, settings.storeUrl);
  return found.counts.remain > 0 ? exitCodes.differences : exitCodes.ok;
}

type Found = {
  readonly differences: BillDifference[];
  readonly counts: Record<'differences' | 'facts' | 'notices' | 'remain', number>;
};

function count(counts: Found['counts'], { recorded, remains }: BillDifference): void {
  counts.differences += 1;
  counts.facts += recorded === 'fact' ? 1 : 0;
  counts.notices += recorded === 'notice' ? 1 : 0;
  counts.remain += remains ? 1 : 0;
}

async function show(context: Context, found: Found): Promise<void> {
  const { screen, words } = context;
  const { differences, counts } = found;
  if (screen.json) screen.document(found);
  else if (differences.length === 0) screen.lines([words.bill.none]);
  else {
    screen.lines([...(await differenceLines(context, differences)), words.bill.counts(counts)]);
  }
}

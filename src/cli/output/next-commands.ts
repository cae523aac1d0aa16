import type { CommandType, PaymentOrder } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { sqlitePath } from '../input/store-path.ts';
import type { Context } from '../io.ts';

/** The commands that an order would accept now, as they are typed. */
export function nextCommands(context: Context, order: PaymentOrder): readonly string[] {
  return order.allowed.map((command) => typed(context, asTyped(command, order)));
}

function asTyped(command: CommandType, { orderNo, anomalies }: PaymentOrder): string {
  switch (command) {
    case 'CreatePaymentOrder':
      return `create ${orderNo} --process-bill-no NO`;
    case 'StartPayment':
      return `start ${orderNo}`;
    case 'RequestCancel':
      return `cancel ${orderNo} --reason TEXT`;
    case 'RetryCancel':
      return `retry ${orderNo}`;
    case 'AbandonCancel':
      return `abandon ${orderNo}`;
    case 'ResolveCancel':
      return `resolve ${orderNo} cancelled --evidence TEXT  # or paid, failed, open`;
    case 'AcknowledgeAnomaly': {
      const open = anomalies.find(({ acknowledged }) => !acknowledged);
      return `acknowledge ${orderNo} ${open?.number ?? 1}`;
    }
  }
}

/** A command line on the same store, as it is typed. */
export function typed({ io, settings }: Pick<Context, 'io' | 'settings'>, command: string): string {
  const store = settings.isStoreGiven ? ` --store ${quoted(shownStore(settings.store))}` : '';
  return `${io.invocation ?? 'payment-order'}${store} ${command}`;
}

/** Shows only the scheme of a server's URL, which may hold a password. */
export function shownStore(store: string): string {
  const isLocal = store === 'memory:' || sqlitePath(store) !== null;
  return isLocal ? store : `${/^[a-z][a-z+]*:/.exec(store)?.[0] ?? ''}URL`;
}

export function quoted(text: string): string {
  const shown = escapeForTerminal(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

import { isOpen } from '../../../machines/payment-order.facts.ts';
import type { CommandType, PaymentOrder } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { sqlitePath } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { personIn } from '../person.ts';

type Typed = readonly [name: string, value?: string | null, options?: string];

/** How each command is typed: its name, what follows the order's number, and its options. */
export const typedAs: Readonly<Record<CommandType, Typed>> = {
  CreatePaymentOrder: ['create', null, '--process-bill-no NO'],
  StartPayment: ['start'],
  RequestCancel: ['cancel', null, '--reason TEXT'],
  RetryCancel: ['retry'],
  AbandonCancel: ['abandon'],
  ResolveCancel: ['resolve', 'cancelled', '--evidence TEXT  # or paid, failed, open'],
  RetractFact: ['retract', 'REV', '--evidence TEXT'],
  AcknowledgeAnomaly: ['acknowledge', '1'],
};

/** What an operator decides always names its actor. */
const decisions: ReadonlySet<CommandType> = new Set([
  ...(['RetryCancel', 'AbandonCancel', 'ResolveCancel'] as const),
  ...(['RetractFact', 'AcknowledgeAnomaly'] as const),
]);

/** What somebody may want next: to ask, before anything is decided that the answer may decide. */
export function nextCommands(context: Context, order: PaymentOrder): readonly string[] {
  const { orderNo, stateDetail } = order;
  const isWorthAsking = waitsForTruth.has(stateDetail);
  const question = isWorthAsking ? [typed(context, `ask ${orderNo}`)] : [];
  return [...question, ...nextDecisions(context, order)];
}

const waitsForTruth: ReadonlySet<string> = new Set([
  'cancelling.inDoubt',
  'cancelling.needsReview',
]);

/** The same without a question. A retraction corrects a mistake: it waits until something is wrong. */
export function nextDecisions(context: Context, order: PaymentOrder): readonly string[] {
  const isWrong = order.anomalies.some(isOpen);
  const allowed = order.allowed.filter((type) => type !== 'RetractFact' || isWrong);
  return allowedCommands(context, { ...order, allowed });
}

/** The commands that an order would accept now, as they are typed. */
export function allowedCommands(context: Context, order: PaymentOrder): readonly string[] {
  const { orderNo, anomalies, allowed } = order;
  const open = anomalies.find(isOpen);
  return allowed.map((type) => {
    const [name, known = null, options = null] = typedAs[type];
    const isOfAnomaly = type === 'AcknowledgeAnomaly' && open !== undefined;
    const value = isOfAnomaly ? String(open.number) : known;
    const who = decisions.has(type) ? actorToType(context) : null;
    const parts = [name, orderNo, value, who, options];
    return typed(context, parts.filter((part) => part !== null).join(' '));
  });
}

/**
 * The option that names the person who decides: again where it was typed, and where the user of the
 * system names nobody. Null where it need not be typed.
 */
export function actorToType({ io, settings }: Pick<Context, 'io' | 'settings'>): string | null {
  const { actor, actorGiven } = settings;
  if (actorGiven === undefined) return personIn({ io, settings }) === null ? '--actor ID' : null;
  if (actor?.kind === 'operator') return `--actor ${quoted(actorGiven)}`;
  // A customer's cancel says nothing about who decides next.
  const isNamed = personIn({ io, settings: { ...settings, actor: undefined } }) !== null;
  return isNamed ? null : '--actor ID';
}

/** A command line on the same store, as it is typed. */
export function typed({ io, settings }: Pick<Context, 'io' | 'settings'>, command: string): string {
  const store = settings.isStoreGiven ? ` --store ${storeArgument(settings.store)}` : '';
  return `${io.invocation ?? 'payment-order'}${store} ${command}`;
}

/** A URL with a password is neither shown nor typed: its variable stands for it. */
function storeArgument(store: string): string {
  const shown = shownStore(store);
  return shown === store ? quoted(store) : '"$PAYMENT_ORDER_STORE"';
}

/** A server's URL without its user and password. */
export function shownStore(store: string): string {
  const isLocal = store === 'memory:' || sqlitePath(store) !== null;
  return isLocal ? store : store.replace(/^([a-z][a-z+]*:\/\/).*@/s, '$1');
}

export function quoted(text: string): string {
  const shown = escapeForTerminal(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}

/** Which orders the queue shows: all of it stands in the page's address, so a link keeps it. */

import { compact } from '../../compact.ts';
import type { AttentionWhy } from '../../order/attention.ts';
import { attentionWhys } from '../../order/attention.ts';
import type { OrderSearch, OrderSort, SearchedState } from '../../order-index/types.ts';
import { orderSorts, searchedStates } from '../../order-index/types.ts';

/** How many orders a page has. */
export const pageLength = 50;

/** In an address, for orders that record no gateway: no name of one has this character. */
export const noGateway = '~';

/** Those that need a person, for any reason or for one; or all orders. */
export type Scope = 'needing' | 'all' | AttentionWhy;

export type QueueView = {
  readonly why: Scope;
  /** Undefined: any; null: none recorded. */
  readonly gateway: string | null | undefined;
  readonly state: SearchedState | undefined;
  readonly sort: OrderSort;
  /** Empty where nothing is looked for. */
  readonly text: string;
  readonly cursor: string | undefined;
};

/** What an address asks for. What it says in other words counts as not said. */
export function viewFrom(query: URLSearchParams): QueueView {
  const text = query.get('text')?.trim() ?? '';
  const scopes: readonly Scope[] = ['needing', 'all', ...attentionWhys];
  // Who looks for a number wants its order, whether it needs anybody or not.
  const why = known(scopes, query.get('why')) ?? (text === '' ? 'needing' : 'all');
  const gateway = query.get('gateway');
  return {
    ...{ why, text },
    gateway: gateway === noGateway ? null : (gateway ?? '') === '' ? undefined : (gateway ?? ''),
    state: known(searchedStates, query.get('state')),
    sort: known(orderSorts, query.get('sort')) ?? sortOf(why),
    cursor: query.get('cursor') ?? undefined,
  };
}

export function searchOf({ why, text, ...rest }: QueueView): OrderSearch {
  const attention = why === 'all' ? undefined : why === 'needing' ? true : why;
  return { ...rest, attention, text: text === '' ? undefined : text, limit: pageLength };
}

/** The address of another view. Another view begins at its first page. */
export function hrefOf(base: string, view: QueueView, change: Partial<QueueView> = {}): string {
  const { why, gateway, state, sort, text, cursor } = { ...view, cursor: undefined, ...change };
  const query = new URLSearchParams(
    compact({
      why: why === (text === '' ? 'needing' : 'all') ? undefined : why,
      gateway: gateway === null ? noGateway : gateway,
      state,
      sort: sort === sortOf(why) ? undefined : sort,
      text: text === '' ? undefined : text,
      cursor,
    }),
  ).toString();
  return `${base}/${query === '' ? '' : `?${query}`}`;
}

/** Of its list alone: what was filtered in another one would hide most of it. */
export function hrefOfScope(base: string, { gateway }: QueueView, why: Scope): string {
  return hrefOf(base, { ...everything, gateway, why, sort: sortOf(why) });
}

export const isFiltered = ({ gateway, state }: QueueView): boolean =>
  gateway !== undefined || state !== undefined;

/** Who waits longest comes first; of all orders, the newest. */
function sortOf(why: Scope): OrderSort {
  return why === 'all' ? '-created' : 'since';
}

const everything = { state: undefined, text: '', cursor: undefined };

function known<Name extends string>(
  names: readonly Name[],
  given: string | null,
): Name | undefined {
  return names.find((name) => name === given);
}

/** The actions that an operator may take on one order, and how their addresses are written. */

import type { EventData } from '../../../machines/payment-order.events.ts';

export const resolutions = [
  'cancelled',
  'paid',
  'failed',
  'open',
] as const satisfies readonly EventData<'CancelResolved'>['resolution'][];

export type Resolution = (typeof resolutions)[number];

/** An action, and what it is taken on. */
export type Choice =
  | { readonly action: 'ask' | 'retry' | 'abandon' }
  | { readonly action: 'resolve'; readonly as: Resolution }
  /** `number` is the anomaly's. */
  | { readonly action: 'acknowledge'; readonly number: number }
  /** `revision` is that of the event that is taken back. */
  | { readonly action: 'retract'; readonly revision: number };

export type ActionName = Choice['action'];

/** The choice that an address names; null where it names none. */
export function choiceFrom(action: string, query: URLSearchParams): Choice | null {
  switch (action) {
    case 'ask':
    case 'retry':
    case 'abandon':
      return { action };
    case 'resolve': {
      const as = resolutions.find((known) => known === query.get('as'));
      return as === undefined ? null : { action, as };
    }
    case 'acknowledge': {
      const number = wholeIn(query, 'number');
      return number === null || number === 0 ? null : { action, number };
    }
    case 'retract': {
      const revision = wholeIn(query, 'revision');
      return revision === null ? null : { action, revision };
    }
    default:
      return null;
  }
}

/** The address of the choice's form, after the order's. */
export function pathOf(choice: Choice): string {
  switch (choice.action) {
    case 'ask':
    case 'retry':
    case 'abandon':
      return `act/${choice.action}`;
    case 'resolve':
      return `act/resolve?as=${choice.as}`;
    case 'acknowledge':
      return `act/acknowledge?number=${choice.number}`;
    case 'retract':
      return `act/retract?revision=${choice.revision}`;
  }
}

function wholeIn(query: URLSearchParams, name: string): number | null {
  const text = query.get(name) ?? '';
  return /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : null;
}

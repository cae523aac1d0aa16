/** What an operator writes into an action's form, and what is wrong with it. */

import { operatorText, printable } from '../../../machines/payment-order.events.ts';
import { currencyCode, exponentOf, minorFrom } from '../../currency.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Choice } from './action.ts';

export type FieldName = 'note' | 'evidence' | 'transactionNo' | 'amount' | 'currency';

export type Field = {
  readonly name: FieldName;
  readonly isRequired: boolean;
  /** Text may have many lines. */
  readonly isText: boolean;
  readonly charactersMax: number;
};

const field = (name: FieldName, charactersMax: number, isRequired = true): Field => {
  const isText = name === 'note' || name === 'evidence';
  return { name, isRequired, isText, charactersMax };
};

const note = field('note', 2_048, false);
const evidence = field('evidence', 2_048);
const payment = [field('transactionNo', 128), field('amount', 32), field('currency', 3)];

export function fieldsOf(choice: Choice): readonly Field[] {
  switch (choice.action) {
    case 'ask':
      return [];
    case 'retry':
    case 'abandon':
    case 'acknowledge':
      return [note];
    case 'retract':
      return [evidence];
    case 'resolve':
      return choice.as === 'paid' ? [evidence, ...payment] : [evidence];
  }
}

/** As written; absent where nothing was. */
export type Filled = Readonly<Partial<Record<FieldName, string>>>;

/** A browser ends the lines of a text with CR LF, which nobody wrote. */
export function filledFrom(form: URLSearchParams, choice: Choice): Filled {
  const written = fieldsOf(choice).map(({ name, isText }) => {
    const text = form.get(name) ?? '';
    return [name, isText ? text.replaceAll('\r\n', '\n') : text.trim()] as const;
  });
  return Object.fromEntries(written.filter(([, text]) => text.trim() !== ''));
}

/** What is wrong, by field: `missing`, or what the order says of it. */
export type Problems = ReadonlyMap<FieldName, string>;

export const missing = 'missing';

export function problemsIn(choice: Choice, filled: Filled): Problems {
  return new Map(
    fieldsOf(choice).flatMap(({ name, isRequired }) => {
      const text = filled[name];
      if (text === undefined) return isRequired ? [[name, missing] as const] : [];
      const problem = problemOf(name, text, filled);
      return problem === null ? [] : [[name, problem] as const];
    }),
  );
}

function problemOf(name: FieldName, text: string, { currency }: Filled): string | null {
  switch (name) {
    case 'note':
    case 'evidence':
      return operatorText.safeParse(text).error?.issues[0]?.message ?? null;
    case 'transactionNo':
      return printable.safeParse(text).error?.issues[0]?.message ?? null;
    case 'currency':
      return isKnown(text) ? null : 'must be an ISO 4217 code in use, such as CNY';
    case 'amount':
      // Of an unknown currency nobody knows the decimals; that is said beside the currency.
      return currency === undefined || !isKnown(currency) ? null : amountProblem(text, currency);
  }
}

function isKnown(currency: string): boolean {
  const code = currencyCode(currency);
  return code !== null && exponentOf(code) !== null;
}

function amountProblem(text: string, currency: string): string | null {
  try {
    minorFrom(text, currency);
    return null;
  } catch (error) {
    if (error instanceof PaymentOrderError && error.problem !== undefined) return error.problem;
    throw error;
  }
}

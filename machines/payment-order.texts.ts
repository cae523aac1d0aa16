/** The texts that events hold. Whatever was stored once must be safe to show for ever. */

import { z } from 'zod';

/** Numbers of orders and process bills: safe in a stream name, a path, a shell and a spreadsheet. */
export const orderNumber = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 of A-Z a-z 0-9 _ -, no dash first');

/** Controls, and marks that turn the direction of the text around them: a reader would be misled. */
const misleading = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/**
 * Names and numbers that others give: transactions, facts, commands, actors, codes. They come in
 * any script, and a fact must not be lost because of one.
 */
export const printable = z
  .string()
  .refine(
    (value) =>
      value.length >= 1 && value.length <= 128 && value.isWellFormed() && !misleading.test(value),
    'must be 1 to 128 characters, none of them a control or a mark of direction',
  );

/** The name that a process gives a gateway. It is part of actors' ids. */
export const gatewayName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 of A-Z a-z 0-9 . _ -, no mark first',
  );

/** Free text that a person wrote. It is stored as it is, so it must be well-formed. */
export const text = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax, `must have at most ${charactersMax} characters`)
    .refine(
      (value) => value.isWellFormed(),
      'must be well-formed Unicode (a lone surrogate is not)',
    );

/**
 * The reason sent with the cancel call: at most 512 characters (the platform's document). A number
 * that could be a card number is not refused. Numbers of orders and payments look like one, and one
 * in ten passes the check digit; refusing a cancel or a payment would do more harm than good.
 */
export const cancelReason = text(512);

/** What an operator writes down: evidence, notes. */
export const operatorText = text(2048).min(1, 'must not be empty');

/** ISO 4217. */
export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as CNY');

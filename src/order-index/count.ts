/**
 * How many orders need a person, and why. Counted by SQL alone: a page shows it beside every list, and
 * to read the rows of all that wait would take longer than the list. The rules are those of
 * `reasonsAt`; a property holds the two together.
 */

import { z } from 'zod';
import type { SQLOutputValue } from 'node:sqlite';
import type { AnomalyCode } from '../../machines/payment-order.facts.ts';
import { attentionWhys, begunBefore, thresholdsSchema } from '../order/attention.ts';
import type { AttentionWhy } from '../order/attention.ts';
import { parseInput } from '../parse.ts';
import { gatewaysSchema, waitingSchema } from './search.ts';
import type { IndexTable } from './table.ts';
import type { AttentionCount, AttentionCountOptions } from './types.ts';

const countSchema = z.strictObject({
  gateway: gatewaysSchema,
  thresholds: thresholdsSchema.optional(),
  ...waitingSchema,
} satisfies Record<keyof AttentionCountOptions, z.ZodType>);

/** @throws {PaymentOrderError} `invalid-input` */
export function parseCount(options: unknown): AttentionCountOptions {
  return parseInput(countSchema, options);
}

/** Since when an order has a reason; null where it has it not. */
const sinceOf: Readonly<Record<AttentionWhy, string>> = {
  'needs-review': "iif(state = 'cancelling.needsReview', since, NULL)",
  anomaly: "nullif(anomalySince, '')",
  doubt: "iif(doubtSince <> '' AND doubtSince <= :doubt, doubtSince, NULL)",
  overdue: `iif(dueAt <> '' AND dueAt <= :overdue AND state <> 'cancelling.requesting', dueAt, NULL)`,
  'attempt-overdue': `iif(dueAt <> '' AND dueAt <= :overdue AND state = 'cancelling.requesting',
    dueAt, NULL)`,
  stalled: "iif(state IN ('created', 'paying') AND since <= :stalled, since, NULL)",
  unreadable: "nullif(unreadableSince, '')",
};

const numbered = attentionWhys.map((why, at) => ({ why, name: `since${at}` }));

/** The columns of the index over watched orders, so that none of these is looked up. */
const seen = 'since, state, dueAt, doubtSince, unreadableSince, anomalySince';

/** Watched or not, an order is looked at once. */
const reasonsSql = (ofGateways: string): string => `
  SELECT count(coalesce(${numbered.map(({ name }) => name).join(', ')})) AS needing,
    ${numbered.map(({ name }) => `count(${name}) AS n_${name}, min(${name}) AS ${name}`).join(', ')}
  FROM (
    SELECT ${numbered.map(({ why, name }) => `${sinceOf[why]} AS ${name}`).join(', ')} FROM (
      SELECT ${seen} FROM orders WHERE watched = 1${ofGateways}
      UNION ALL
      SELECT since, state, '', '', '', '' FROM orders
      WHERE watched = 0 AND state IN ('created', 'paying') AND since <= :stalled${ofGateways}
    )
  )`;

const codesSql = (ofGateways: string): string => `
  SELECT codes, count(*) AS count FROM orders
  WHERE watched = 1 AND codes <> ''${ofGateways} GROUP BY codes`;

/** From one name to the next: there are few, and 100,000 orders. */
const gatewaysSql = `
  WITH RECURSIVE names(name) AS (
    SELECT min(gateway) FROM orders
    UNION ALL
    SELECT (SELECT min(gateway) FROM orders WHERE gateway > name) FROM names WHERE name IS NOT NULL
  )
  SELECT name FROM names WHERE name IS NOT NULL`;

/** In one view of the index. */
export function counted(
  table: IndexTable,
  { gateway, thresholds = {} }: AttentionCountOptions,
  nowMs: number,
): AttentionCount {
  const listed = gateway === undefined ? null : [gateway].flat().map((name) => name ?? '');
  const isOfGateway = 'gateway IN (SELECT value FROM json_each(:listed))';
  const ofGateways = listed === null ? '' : ` AND ${isOfGateway}`;
  const chosen = listed === null ? {} : { listed: JSON.stringify(listed) };
  const bounds = { ...begunBefore(nowMs, thresholds), ...chosen };
  const where = listed === null ? '' : ` WHERE ${isOfGateway}`;
  const [all] = table.select(`SELECT count(*) AS count FROM orders${where}`, chosen);
  const [reasons] = table.select(reasonsSql(ofGateways), bounds);
  return {
    orders: Number(all?.['count']),
    needing: Number(reasons?.['needing']),
    by: byWhy(reasons ?? {}),
    codes: codesIn(table.select(codesSql(ofGateways), chosen)),
    gateways: Array.from(table.select(gatewaysSql, {}), ({ name }) =>
      name === '' ? null : String(name),
    ),
    notices: table.notices(),
  };
}

function byWhy(found: Readonly<Record<string, SQLOutputValue>>): AttentionCount['by'] {
  const each = numbered.map(({ why, name }) => {
    const since = found[name];
    const count = Number(found[`n_${name}`]);
    return [why, { count, since: typeof since === 'string' ? since : null }] as const;
  });
  // One for each reason.
  return Object.fromEntries(each) as AttentionCount['by'];
}

function codesIn(found: Iterable<Readonly<Record<string, SQLOutputValue>>>) {
  const counts: Partial<Record<AnomalyCode, number>> = {};
  for (const { codes, count } of found) {
    // `columnsOf` wrote them.
    for (const code of String(codes).split(',') as AnomalyCode[]) {
      counts[code] = (counts[code] ?? 0) + Number(count);
    }
  }
  return counts;
}

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as dispute from '../src/dispute.ts';
import { PaymentOrderError } from '../src/errors.ts';
import * as eventStoreDb from '../src/event-store/eventstoredb/store.ts';
import * as sqlite from '../src/event-store/sqlite/store.ts';
import * as gateway from '../src/gateway/index.ts';
import * as index from '../src/index.ts';
import { Inbox } from '../src/inbox/inbox.ts';
import { PaymentOrderFacts } from '../src/payment-order-facts.ts';
import { PaymentOrderQueries } from '../src/payment-order-queries.ts';
import { PaymentOrders } from '../src/payment-orders.ts';
import * as platformNotices from '../src/platform-notices/index.ts';
import * as sandbox from '../src/sandbox/index.ts';
import { TransparencyLog } from '../src/tlog/log.ts';
import { openers } from './public-openers.ts';
import { readers } from './public-readers.ts';

/** A value of the wrong type, as a caller in JavaScript may pass it. */
const anything = (value: unknown) => value as never;

const directory = mkdtempSync(join(tmpdir(), 'payment-order-options-'));

describe('the options of every opener and renderer', () => {
  test.each(openers(directory))(
    'are refused as a PaymentOrderError, and open nothing, whatever one of them is: %s',
    async (_name, open, fitting) => {
      const garbage = fc.record({
        name: fc.constantFrom(...Object.keys(fitting), 'misspelt'),
        // Any text is a path.
        value: fc.anything().filter((value) => value !== undefined && typeof value !== 'string'),
      });

      await fc.assert(
        fc.asyncProperty(garbage, async ({ name, value }) => {
          // Given alone it is of no use, so the rest fits; what is opened anyway is closed.
          const error: unknown = await Promise.resolve()
            .then(() => open(anything({ ...fitting, [name]: value })))
            .then(closeAll, (thrown: unknown) => thrown);

          if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
          if (name === 'misspelt') {
            expect(error).toMatchObject({ code: 'invalid-input', field: 'misspelt' });
          }
          if (error !== undefined) expect(readdirSync(directory)).toEqual([]);
        }),
        { numRuns: 150 },
      );
      await fc.assert(
        fc.asyncProperty(fc.anything(), async (given) => {
          const error: unknown = await Promise.resolve()
            .then(() => open(anything(given)))
            .then(closeAll, (thrown: unknown) => thrown);

          if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
        }),
        { numRuns: 50 },
      );
    },
  );

  /** Some garbage fits, such as an empty list of rules. */
  async function closeAll(opened: unknown): Promise<undefined> {
    if (typeof opened === 'object' && opened !== null && 'close' in opened) {
      await (opened as { close: () => unknown }).close();
    }
    if (existsSync(directory)) {
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
    }
  }
});

describe('events, plans and places that are none', () => {
  test.each(readers)('are refused as a PaymentOrderError: %s', async (_name, read) => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (given) => {
        const error: unknown = await Promise.resolve()
          .then(() => read(anything(given)))
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );

        if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the lists above', () => {
  /** They read no options, and are checked by the types alone. */
  const withoutInput = [
    ...['systemRuntime', 'orderNumbers', 'verifyAll', 'checkStore', 'recovery', 'close'],
    ...['transparencyLog', 'newest'],
  ];
  const inside = ['constructor', 'open', 'index', 'closing'];
  const ofSignatures = [
    ...['classify', 'classifyQuery', 'classifyBill', 'newNonce', 'sign', 'signingString', 'verify'],
  ];

  test('have every public function, and every method of the orders', () => {
    const entries = [index, sqlite, eventStoreDb, gateway, dispute, sandbox, platformNotices];
    const functions = entries.flatMap((entry) =>
      Object.entries(entry).flatMap(([name, value]) => (isFunction(value) ? [name] : [])),
    );
    const classes = [PaymentOrders, PaymentOrderFacts, PaymentOrderQueries, Inbox, TransparencyLog];
    const methods = classes.flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
    const listed = [...openers(directory), ...readers].map(([name]) => name.split(',')[0]);

    const known = new Set([...inside, ...listed, ...withoutInput, ...ofSignatures]);
    expect([...functions, ...methods].filter((name) => !known.has(name))).toEqual([]);
  });

  function isFunction(value: unknown): boolean {
    return typeof value === 'function' && !String(value).startsWith('class');
  }
});

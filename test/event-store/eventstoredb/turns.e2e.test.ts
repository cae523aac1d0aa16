import { expect, test } from 'vitest';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { heldMsMax, systemRuntime } from '../../../src/runtime.ts';
import type { SeedEvent } from '../../../trials/eventstoredb-server/index.ts';
import { PiecesPerTurn, hurryingRuntime } from '../../turns.ts';
import { aServer, aStore } from './support.ts';

const stream = 'paymentOrder-1';
const events = 1_000;

/** The clock moves by at least a millisecond an event. */
const piecesMax = 2 * heldMsMax;

const ways: Readonly<Record<string, (store: EventStore) => AsyncIterable<unknown>>> = {
  'a long stream': (store) => store.read(stream),
  'all streams': (store) => store.readAll(null, stream),
  'a subscription': (store) => store.subscribe(null, stream, new AbortController().signal),
};

test.each(Object.entries(ways))('lets the process turn while it reads %s', async (_, read) => {
  const server = await aServer();
  const hurrying = hurryingRuntime();
  const monotonicMs = () => hurrying.monotonicMs();
  const store = await aStore(server.connectionString, {}, { ...systemRuntime(), monotonicMs });
  server.seed(stream, Array<SeedEvent>(events).fill({ metadata: {} }));

  const pieces = new PiecesPerTurn();
  await pieces.during(async () => {
    for await (const event of read(store)) {
      if (event !== undefined) pieces.piece();
      if (pieces.all === events) return;
    }
  });

  expect(pieces.most).toBeLessThanOrEqual(piecesMax);
});

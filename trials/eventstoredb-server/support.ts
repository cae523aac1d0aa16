import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { onTestFinished } from 'vitest';
import { startEventStoreDb } from './index.ts';
import type { EventStoreDbServer, ServerOptions } from './index.ts';

/** Per-call credentials make the client use Append; without TLS they are never sent. */
export const viaAppend = { credentials: { username: 'nobody', password: 'nothing' } };
export const viaBatchAppend = {};

export async function started(options: ServerOptions = {}): Promise<EventStoreDbServer> {
  const server = await startEventStoreDb(options);
  onTestFinished(() => server.stop({ hard: true }));
  return server;
}

export function clientOf(
  { connectionString }: { readonly connectionString: string },
  query = '',
): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(`${connectionString}${query}`);
  // Bounded: disposing waits for ever for a batch stream that the server has ended.
  onTestFinished(async () => {
    await isPending(client.dispose(), 200);
  });
  return client;
}

export async function serverAndClient(options: ServerOptions = {}) {
  const server = await started(options);
  return { server, client: clientOf(server) };
}

export function anEvent(type = 'SomethingHappened') {
  return jsonEvent({ id: randomUUID(), type, data: { at: type }, metadata: { by: 'a test' } });
}

export function someEvents(count: number) {
  return Array.from({ length: count }, () => anEvent());
}

export function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}

export function storedIds(server: EventStoreDbServer, stream: string): string[] {
  return idsOf(server.streams.events(stream));
}

export async function taken<Item>(items: AsyncIterable<Item>, count = Infinity): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length === count) break;
  }
  return found;
}

/** The error of a rejected promise. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** Whether the promise is still pending after `ms`. */
export async function isPending(work: Promise<unknown>, ms = 150): Promise<boolean> {
  const late = new Promise((resolve) => setTimeout(resolve, ms, 'late'));
  return (await Promise.race([work.catch(() => 'failed'), late])) === 'late';
}

/**
 * The console as a server: a socket on this machine alone, and how it ends. It shows what the store
 * says, and hands each action to the surface: it decides nothing itself.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { getRequestListener } from '@hono/node-server';
import { sleep } from '../runtime.ts';
import type { Language } from '../words/language.ts';
import type { App } from './app.ts';
import { appOf } from './app.ts';
import { Jobs } from './jobs.ts';
import type { KeptReceipt } from './receipts.ts';
import { Receipts } from './receipts.ts';
import type { Desk } from './types.ts';

export type ConsoleOptions = Omit<Desk, 'receipts' | 'jobs'> & {
  /** 0 takes any free one. */
  readonly port: number;
  /** In which it opens; a visitor can switch. */
  readonly language: Language;
  /** Hears of everything that was done through it. */
  readonly onKept: (receipt: KeptReceipt) => void;
};

export type RunningConsole = AsyncDisposable & {
  /** The address, with its secret: anybody who has it sees what the console shows. */
  readonly url: string;
  /** Ends the open pages' streams, awaits the action that is under way, and frees the port. */
  close(): Promise<void>;
};

const loopback = '127.0.0.1';
/** 128 bits: nobody guesses it. */
const wayInBytes = 16;
/**
 * Any other page of this machine may set cookies that come here too, and a browser keeps 180 of 4 KiB
 * for one name: they must not shut its operator out.
 */
const headBytesMax = 1_048_576;
/** For the head and the body of a request, ms. */
const requestMs = 10_000;
/** How often Node looks for requests that took too long, ms. */
const lookMs = 1_000;
const keepAliveMs = 5_000;
const connectionsMax = 256;
/** For answers to arrive while it closes, ms. */
const lastWordsMs = 1_000;

/**
 * Opens the console of some orders on a port of this machine.
 *
 * @throws Node's own error where the port is taken.
 */
export async function openConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { port, language, onKept, ...shared } = options;
  const desk: Desk = { ...shared, receipts: new Receipts(onKept), jobs: new Jobs() };
  let app: App | null = null;
  const handling = new Set<Promise<unknown>>();
  const writing = new Set<Promise<unknown>>();
  const listener = getRequestListener((request, env) => {
    const answered = Promise.resolve(
      app?.fetch(request, env) ?? new Response(null, { status: 503 }),
    );
    handling.add(answered);
    void answered.catch(() => undefined).finally(() => handling.delete(answered));
    return answered;
  });
  const server = createServer(
    {
      maxHeaderSize: headBytesMax,
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookMs,
      keepAliveTimeout: keepAliveMs,
    },
    (incoming, outgoing) => {
      const written = finished(outgoing).catch(() => undefined);
      writing.add(written);
      void written.finally(() => writing.delete(written));
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = connectionsMax;
  server.listen(port, loopback);
  await once(server, 'listening');
  // Such as one connection too many for the machine: it must not end the process.
  server.on('error', desk.onError);
  // A TCP server that listens has such an address.
  const { port: taken } = server.address() as AddressInfo;
  const host = `${loopback}:${taken}`;
  const wayIn = desk.runtime.randomHex(wayInBytes);
  app = appOf({ desk, place: { host, wayIn }, language });
  const { close: endStreams } = app;
  let closing: Promise<void> | undefined;
  const stop = async () => {
    const closed = once(server, 'close');
    // Whoever is connected may still ask: nothing begins any more that nobody would await.
    app = null;
    server.close();
    await endStreams();
    await Promise.all([desk.jobs.close(), Promise.allSettled(handling)]);
    // Nobody waits for a browser that does not read its answer.
    await Promise.race([Promise.all(writing), sleep(desk.runtime, lastWordsMs)]);
    server.closeAllConnections();
    await closed;
  };
  const close = () => (closing ??= stop());
  return { url: `http://${host}/${wayIn}/`, close, [Symbol.asyncDispose]: close };
}

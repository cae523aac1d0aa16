/** The witness as a server: sockets, limits, and nothing of what it answers. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import { guarded, warn } from '../../error-listener.ts';
import { invalidInput, isRetryable } from '../../errors.ts';
import { aFunction, parseInput, runtimeSchema } from '../../parse.ts';
import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import { parseSigningKey } from '../c2sp/keys.ts';
import { parseTrust } from '../c2sp/trust.ts';
import type { RefusedCheckpoint, WitnessedCheckpoint } from './witness.ts';
import { Witness } from './witness.ts';
import { WitnessState } from './state.ts';

export type WitnessOptions = {
  /** The text of a key file of kind witness. Use it with one state file only. */
  readonly key: string;
  /** The text of a trust file. Its `log` lines name the logs that are cosigned. */
  readonly trust: string;
  /**
   * The file in which it remembers what it cosigned. Made where it is missing. Never copy an older
   * one back: the witness would cosign what contradicts the newer one.
   */
  readonly state: string;
  /** The address to listen on. Default `127.0.0.1`. Put a proxy with TLS before it. */
  readonly host?: string | undefined;
  /** Default 0: a free port. */
  readonly port?: number | undefined;
  /** Default: the clocks and timers of the machine. */
  readonly runtime?: Runtime | undefined;
  /** Called for each checkpoint that was cosigned. What it throws goes to `onError`. */
  readonly onCosigned?: ((cosigned: WitnessedCheckpoint) => void) | undefined;
  /**
   * Called for each checkpoint that a trusted log signed and this witness did not cosign. Look into
   * every one whose reason is not `other-size`.
   */
  readonly onRefused?: ((refused: RefusedCheckpoint) => void) | undefined;
  /**
   * Called where the state cannot be read or written, and with what the other listeners throw.
   * Default: a warning of the process.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
};

export type RunningWitness = AsyncDisposable & {
  /** What logs post to, without `/add-checkpoint`. */
  readonly url: string;
  /** The verifier key, for the trust files of others. */
  readonly vkey: string;
  /** Whether the state file was made now. */
  readonly isNew: boolean;
  /** Resolves when the requests that were read are answered, and the file is closed. */
  close(): Promise<void>;
};

/** Of a body: 63 hashes and a checkpoint with many signatures fit. */
const bodyBytesMax = 65_536;
/** For the head and the body of a request, ms. */
const requestMs = 10_000;
/** How often Node looks for requests that took too long, ms. */
const lookMs = 1_000;
const keepAliveMs = 5_000;
const connectionsMax = 64;

/** The file and the host stand in messages, where nobody expects a key. */
const shown = z
  .string()
  .min(1, 'must not be empty')
  .refine((text) => !text.includes('PRIVATE+KEY+'), 'must not be a key');

const optionsSchema = z.strictObject({
  key: z.string(),
  trust: z.string(),
  state: shown,
  host: shown.optional(),
  port: z.int().min(0).max(65_535).optional(),
  runtime: runtimeSchema.optional(),
  onCosigned: aFunction<NonNullable<WitnessOptions['onCosigned']>>().optional(),
  onRefused: aFunction<NonNullable<WitnessOptions['onRefused']>>().optional(),
  onError: aFunction<NonNullable<WitnessOptions['onError']>>().optional(),
} satisfies Record<keyof WitnessOptions, z.ZodType>);

/**
 * Starts a witness by C2SP tlog-witness: it cosigns what the logs of the trust file post to
 * `<url>/add-checkpoint`, as long as each checkpoint continues the one that it cosigned before.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the option, `store-corrupt` where the
 * state file is damaged, `store-newer` or `store-unavailable`. Node's own error where the port is taken.
 * @example
 * await using witness = await openWitness({ key, trust, state: 'witness.state', port: 8470 });
 * console.log(witness.url, witness.vkey);
 */
export async function openWitness(given: WitnessOptions): Promise<RunningWitness> {
  const options = parseInput(optionsSchema, given);
  const { runtime = systemRuntime(), onCosigned, onRefused } = options;
  const onError = guarded(options.onError ?? warn);
  const key = parseSigningKey(options.key, 'witness', 'key');
  const { logs } = parseTrust(options.trust, 'trust');
  if (logs.length === 0) throw invalidInput('trust', 'names no log; add a line `log VKEY`');
  const state = await WitnessState.open(options.state, runtime);
  const witness = new Witness({ key, logs, state, runtime, onCosigned, onRefused, onError });
  const answering = new Set<Promise<void>>();
  const server = serverOf((request, response) => {
    void readBody(request).then((body) => {
      const answered = answer({ witness, onError }, { request, body }, response);
      answering.add(answered);
      void answered.finally(() => answering.delete(answered));
    });
  });
  try {
    const { host = '127.0.0.1', port = 0 } = options;
    const url = await listen(server, host, port);
    // Such as one connection too many for the machine: it must not end the process.
    server.on('error', onError);
    let closing: Promise<void> | undefined;
    const close = () =>
      (closing ??= stop(server, answering).then(() => {
        state.close();
      }));
    return { url, vkey: key.vkey, isNew: state.isNew, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    state.close();
    throw error;
  }
}

function serverOf(handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(
    {
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: lookMs,
      keepAliveTimeout: keepAliveMs,
    },
    handle,
  );
  server.maxConnections = connectionsMax;
  return server;
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  // A TCP server that listens has such an address.
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
}

type Body = Buffer | 'too-large' | 'broken';

/** Never rejects. Resolves when the answer is written. */
async function answer(
  { witness, onError }: { readonly witness: Witness; readonly onError: (error: unknown) => void },
  { request, body }: { readonly request: IncomingMessage; readonly body: Body },
  response: ServerResponse,
): Promise<void> {
  const written = finished(response).catch(() => undefined);
  if (body === 'broken') response.destroy();
  else if (request.url !== '/add-checkpoint') send(response, 404, 'there is only /add-checkpoint');
  else if (request.method !== 'POST') send(response, 405, 'POST only', { allow: 'POST' });
  else if (body === 'too-large') send(response, 413, 'the body is over 64 KiB');
  else {
    try {
      const { status, contentType, body: text } = await witness.addCheckpoint(body);
      write(response, status, text, { 'content-type': contentType });
    } catch (error) {
      onError(error);
      send(response, isRetryable(error) ? 503 : 500, 'the witness cannot answer now');
    }
  }
  await written;
}

/** Never rejects. */
async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Without an encoding set, a request gives Buffers.
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) chunks.push(chunk);
      // Reads on for a while, so that no reset destroys the answer.
      else if (bytes > 16 * bodyBytesMax) return 'broken';
    }
  } catch {
    return 'broken';
  }
  return bytes > bodyBytesMax ? 'too-large' : Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const ours = { 'content-type': 'text/plain; charset=utf-8', ...headers };
  write(response, status, `${sentence}\n`, ours);
}

function write(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** What was read is answered; what is still coming in is cut off. */
async function stop(server: Server, answering: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await Promise.all(answering);
  server.closeAllConnections();
  await closed;
}

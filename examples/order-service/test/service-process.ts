import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { systemRuntime } from 'payment-order-machine';
import { sandboxKeys, startSandbox } from 'payment-order-machine/sandbox';
import type { Sandbox } from 'payment-order-machine/sandbox';

const fromSource = join(import.meta.dirname, '..', '..', '..', 'test', 'from-source.ts');

export const customer = 'customer-token-00001';
export const provider = 'provider-secret-00001';

export type Service = {
  readonly url: string;
  readonly child: ChildProcess;
  /** The exit code; null if a signal ended the process. */
  readonly ended: Promise<number | null>;
};

export type Place = {
  readonly directory: string;
  readonly sandbox: Sandbox;
  /** The settings of the service, as in its README. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts the service on the place's files; it may be killed and started again. */
  start(): Promise<Service>;
  remove(): Promise<void>;
};

/** A temporary directory, and a gateway in this process for the service to call. */
export async function newPlace(): Promise<Place> {
  const directory = mkdtempSync(join(tmpdir(), 'order-service-'));
  const { publicKey, privateKeyFile } = sandboxKeys(directory);
  const sandbox = await startSandbox({ runtime: systemRuntime(), callerPublicKey: publicKey });
  const env = {
    ORDER_SERVICE_DATA: directory,
    ORDER_SERVICE_CALLERS: `${customer}=customer:u-7`,
    ORDER_SERVICE_WEBHOOK_SECRET: provider,
    PORT: '0',
    PAYMENT_ORDER_GATEWAY_URL: sandbox.url,
    PAYMENT_ORDER_GATEWAY_APP_ID: sandbox.appId,
    PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: privateKeyFile,
    // Short, so that an attempt that a crash left open is soon abandoned.
    PAYMENT_ORDER_ATTEMPT_LIMIT_MS: '2000',
    PAYMENT_ORDER_ATTEMPT_DEADLINE_MS: '7000',
  };
  const services = new Set<Service>();
  const start = async () => {
    const service = await launch('main.ts', env, directory);
    services.add(service);
    return service;
  };
  return {
    directory,
    sandbox,
    env,
    start,
    async remove() {
      for (const { child } of services) child.kill('SIGKILL');
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a program of the example and waits until it listens. */
export async function launch(
  program: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Service> {
  const file = join(import.meta.dirname, '..', program);
  const args = ['--import', pathToFileURL(fromSource).href, file];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const listening = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, url] = /listening at (http:\/\/[0-9.:]+)/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([listening, ended]);
  if (typeof url !== 'string') throw new Error(`${program} ended with ${String(url)}`);
  return { url, child, ended };
}

type Json = Readonly<Record<string, unknown>>;

export type Answer = { readonly status: number; readonly body: Json };

/** One request, as a caller's client makes it. */
export async function call(
  { url }: Pick<Service, 'url'>,
  method: string,
  path: string,
  { token = customer, key, body }: { token?: string; key?: string; body?: object } = {},
): Promise<Answer> {
  const headers = new Headers({ authorization: `Bearer ${token}` });
  if (key !== undefined) headers.set('idempotency-key', key);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const payload = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method, headers, body: payload });
  // The service answers only with JSON objects.
  return { status: response.status, body: (await response.json()) as Json };
}

/** Calls `ask` until it gives something other than null. */
export async function until<T>(ask: () => Promise<T | null>, limitMs = 240_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

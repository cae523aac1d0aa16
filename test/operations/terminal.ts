import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, startChild, transcriptOf } from '../cli/child.ts';
import { compileCache } from '../compile-cache.ts';
import type { Running } from '../cli/support.ts';

export type Ended = { readonly code: number | null; readonly output: string };

/** An operator's terminal: a directory of its own, in which lines of shell are typed. */
export type Terminal = {
  readonly directory: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly env: Record<string, string>;
  /** Types a line, and waits for its end. */
  readonly type: (line: string) => Promise<Ended>;
  /** Types a line that does not end, and waits until it says this. */
  readonly leave: (line: string, until: string) => Promise<void>;
  /** Stops what was left running; gives how each of it ended. */
  readonly stop: () => Promise<readonly Ended[]>;
  /** `payment-order sandbox`, whose settings become those of the terminal. */
  readonly sandbox: (...more: string[]) => Promise<void>;
  /** Done when the terminal is closed. */
  readonly atEnd: (end: () => Promise<void>) => void;
  readonly remove: () => Promise<void>;
};

type Left = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

export function terminal(): Terminal {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-operations-'));
  const path = (name: string) => join(directory, name);
  const write = (name: string, text: string) => {
    writeFileSync(path(name), text, { mode: 0o600 });
  };
  const bin = mkdtempSync(join(tmpdir(), 'payment-order-bin-'));
  const command = join(bin, 'payment-order');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(command, 0o755);
  mkdirSync(path('home'));
  const env: Record<string, string> = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: path('home'),
    NODE_COMPILE_CACHE: compileCache,
    PAYMENT_ORDER_STORE: 'sqlite:payment-orders.db',
    PAYMENT_ORDER_ACTOR: 'li.wei',
    LC_ALL: 'C.UTF-8',
  };
  const left: Left[] = [];
  const ends: (() => Promise<void>)[] = [];
  let sandbox: Running | null = null;
  const started = (line: string) => startLine(line, directory, env);

  const stop = async () => {
    for (const { child } of left) if (child.exitCode === null) child.kill('SIGTERM');
    return Promise.all(left.splice(0).map(({ ended }) => ended));
  };
  const endSandbox = async () => {
    sandbox?.stop('SIGTERM');
    await sandbox?.ended;
  };
  return {
    ...{ directory, path, write, env, stop },
    type: (line) => started(line).ended,
    leave: async (line, until) => {
      const { said, ...running } = started(line);
      left.push(running);
      await said(until);
    },
    sandbox: async (...more) => {
      await endSandbox();
      const port = env['PAYMENT_ORDER_GATEWAY_URL']?.split(':').at(-1) ?? '0';
      sandbox = startChild(['sandbox', '--json', '--port', port, ...more], directory, {});
      const settings = JSON.parse(await sandbox.said('}\n')) as Record<string, string>;
      env['PAYMENT_ORDER_GATEWAY_URL'] = settings['url'] ?? '';
      env['PAYMENT_ORDER_GATEWAY_APP_ID'] = settings['appId'] ?? '';
      env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] ??= settings['privateKeyFile'] ?? '';
    },
    atEnd: (end) => ends.push(end),
    remove: async () => {
      await stop();
      for (const end of ends) await end();
      await endSandbox();
      for (const made of [directory, bin]) rmSync(made, { recursive: true, force: true });
    },
  };
}

function startLine(line: string, cwd: string, env: Readonly<Record<string, string>>) {
  // What is stopped must be the command itself, and not the shell that waits for it.
  const isOne = !/[|;<>&]/.test(line);
  const child = spawn('bash', ['--norc', '-c', isOne ? `exec ${line}` : line], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const transcript = transcriptOf(child);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output: transcript.stdout + transcript.stderr });
    });
  });
  return { child, ended, said: (text: string) => transcript.said(text, ended) };
}

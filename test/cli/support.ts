import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { FaultPlan, Sandbox, SandboxRequest } from '../../src/sandbox/index.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Many short processes load the same files: they share what Node compiled. */
const compiled = join(tmpdir(), 'payment-order-cli-compiled');

export type Ended = {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A directory of its own with the command run in it, as a child process. */
export type Desk = {
  readonly directory: string;
  readonly path: (name: string) => string;
  readonly has: (name: string) => boolean;
  readonly run: (...args: string[]) => Promise<Ended>;
  /** With `--json`: the exit code and the one document on stdout. */
  readonly json: (...args: string[]) => Promise<{ readonly code: number | null; body: Json }>;
  readonly start: (...args: string[]) => Running;
  /** Environment variables of the runs that follow. */
  readonly env: Record<string, string>;
  readonly remove: () => void;
};

export type Json = Readonly<Record<string, unknown>>;

export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves to stdout so far, when this text was written there or to stderr. */
  readonly said: (text: string) => Promise<string>;
};

export function desk(): Desk {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-cli-'));
  const env: Record<string, string> = {};
  const children = new Set<ChildProcess>();
  const start = (...args: string[]) => {
    const running = launch(args, directory, env);
    children.add(running.child);
    void running.ended.finally(() => children.delete(running.child));
    return running;
  };
  const run = (...args: string[]) => start(...args).ended;
  return {
    directory,
    env,
    path: (name) => join(directory, name),
    has: (name) => existsSync(join(directory, name)),
    start,
    run,
    json: async (...args) => {
      const { code, stdout } = await run(...args, '--json');
      return { code, body: oneDocument(stdout) };
    },
    remove: () => {
      // Those of a test that failed.
      for (const child of children) child.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The one document on stdout: a second one, or talk, makes this throw. */
export function oneDocument(stdout: string): Json {
  // Every document of ours is an object; what is in it is what the tests check.
  return JSON.parse(stdout) as Json;
}

/** A sandbox in this process, and the settings of a desk that lead to it. */
export async function withSandbox(
  { env, path }: Desk,
  faults: FaultPlan = {},
  onRequest?: (request: SandboxRequest) => void,
): Promise<Sandbox> {
  const { publicKey, privateKeyFile } = sandboxKeys(path('keys'));
  const sandbox = await startSandbox({
    ...{ runtime: systemRuntime(), callerPublicKey: publicKey, faults },
    ...(onRequest === undefined ? {} : { onRequest }),
  });
  env['PAYMENT_ORDER_GATEWAY_URL'] = sandbox.url;
  env['PAYMENT_ORDER_GATEWAY_APP_ID'] = sandbox.appId;
  env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = privateKeyFile;
  return sandbox;
}

function launch(args: readonly string[], cwd: string, env: Record<string, string>): Running {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, NODE_COMPILE_CACHE: compiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  const said = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text) || stderr.includes(text)) resolve(stdout);
      };
      listeners.add(look);
      look();
      void ended.then(() => {
        reject(new Error(`it ended without saying ${text}: ${stderr}`));
      });
    });
  return { child, ended, said };
}

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StopSignal } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { FaultPlan, Sandbox, SandboxRequest } from '../../src/sandbox/index.ts';

export type Ended = {
  /** Null where a signal killed the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly ended: Promise<Ended>;
  readonly hasEnded: () => boolean;
  /** Resolves to stdout so far, once this text was written there or to stderr. */
  readonly said: (text: string) => Promise<string>;
  readonly stop: (signal: StopSignal) => void;
};

/** Starts the command in a directory. */
export type Launch = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
) => Running;

/** A directory of its own, and the command run in it. */
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
  readonly remove: () => Promise<void>;
};

export type Json = Readonly<Record<string, unknown>>;

export function desk(launch: Launch = inProcess): Desk {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-cli-'));
  const env: Record<string, string> = {};
  const started = new Set<Running>();
  const start = (...args: string[]) => {
    const running = launch(args, directory, env);
    started.add(running);
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
    remove: async () => {
      // What a test that failed left running.
      for (const running of started) {
        if (!running.hasEnded()) running.stop('SIGTERM');
        await running.ended;
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The one document on stdout: a second one, or any other text, makes this throw. */
export function oneDocument(stdout: string): Json {
  // Every document of the command is an object; what is in it is what the tests check.
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
    runtime: systemRuntime(),
    callerPublicKey: publicKey,
    faults,
    onRequest,
  });
  env['PAYMENT_ORDER_GATEWAY_URL'] = sandbox.url;
  env['PAYMENT_ORDER_GATEWAY_APP_ID'] = sandbox.appId;
  env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = privateKeyFile;
  return sandbox;
}

/** What a run has written so far. */
export class Transcript {
  stdout = '';
  stderr = '';
  readonly #listeners = new Set<() => void>();

  write(to: 'stdout' | 'stderr', text: string): void {
    this[to] += text;
    for (const listener of this.#listeners) listener();
  }

  /** Rejects where the run ends without having written the text. */
  said(text: string, ended: Promise<unknown>): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.stdout.includes(text) && !this.stderr.includes(text)) return;
        this.#listeners.delete(look);
        resolve(this.stdout);
      };
      this.#listeners.add(look);
      look();
      void ended.then(() => {
        reject(new Error(`it ended without saying ${text}: ${this.stderr}`));
      });
    });
  }
}

/** The desk's variable USER stands for the operating system's user; empty: one without a name. */
function userNameOf({
  USER: name = 'tester',
}: Readonly<Record<string, string>>): string | undefined {
  return name === '' ? undefined : name;
}

const inProcess: Launch = (args, cwd, env) => {
  const transcript = new Transcript();
  const listeners = new Set<(signal: StopSignal) => void>();
  let hasEnded = false;
  const output = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      transcript.write(to, text);
    },
  });
  const ended = run(args, {
    // The desk's variable COLUMNS stands for the width of a terminal.
    stdout: { ...output('stdout'), columns: Number(env['COLUMNS']) || undefined },
    stderr: output('stderr'),
    env: { ...env },
    userName: () => userNameOf(env),
    cwd,
    onSignal: (listener) => listeners.add(listener),
  }).then((code) => {
    hasEnded = true;
    const { stdout, stderr } = transcript;
    return { code, stdout, stderr };
  });
  return {
    ended,
    hasEnded: () => hasEnded,
    said: (text) => transcript.said(text, ended),
    stop: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
};

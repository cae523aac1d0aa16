import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** How a child came to its end. */
export type Ended = {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
};

/** A real process that reports in lines on stdout and reads lines from stdin. */
export type Child = {
  readonly pid: number;
  /** Settles when all of its output was read, however it ended. */
  readonly ended: Promise<Ended>;
  readonly send: (line: string) => void;
  /** Ends its input. */
  readonly done: () => void;
  /** Sends SIGKILL; harmless if it is already dead. */
  readonly kill: () => void;
};

/**
 * Starts `file` of this folder with one argument, as JSON. `cache` keeps compiled code, so that
 * hundreds of children start in a fifth of a second of work each.
 */
export function startChild(given: {
  readonly file: string;
  readonly argument: unknown;
  readonly cache: string;
  readonly onLine: (line: string) => void;
  /** Runs the child under another program, such as strace. */
  readonly under?: readonly string[];
}): Child {
  const script = join(import.meta.dirname, given.file);
  const [program, ...args] = [
    ...(given.under ?? []),
    process.execPath,
    script,
    JSON.stringify(given.argument),
  ];
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: given.cache },
  });
  readLines(child.stdout, given.onLine);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A dead child reads nothing more; `ended` reports its end.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => {
      resolve({ exitCode: null, signal: null, stderr: error.message });
    });
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    send: (line) => {
      child.stdin.write(`${line}\n`);
    },
    done: () => {
      child.stdin.end();
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

/**
 * Gives every line that ends. What a killed process wrote of its last line was never said, and a
 * long line is written in pieces.
 */
export function readLines(input: Readable, onLine: (line: string) => void): void {
  let unfinished = '';
  input.setEncoding('utf8').on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n');
    unfinished += first;
    for (const next of others) {
      onLine(unfinished);
      unfinished = next;
    }
  });
}

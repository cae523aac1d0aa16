import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerOptions } from './server.ts';

/** What can be passed to another process. */
export type ChildOptions = Omit<ServerOptions, 'clock'> & {
  /** Keeps the log in this file, over the end of the process. Default: in memory. */
  readonly file?: string;
  /** How many events of others are stored at first. Default 0. */
  readonly noise?: number;
};

/** A server in a process of its own, as a real one is. */
export type ServerProcess = {
  readonly connectionString: string;
  readonly port: number;
  /** Sends the signal and waits for the end. Harmless if it has ended. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
};

/** Rejects where the process ends before it listens. */
export async function startServerProcess(options: ChildOptions = {}): Promise<ServerProcess> {
  const script = join(import.meta.dirname, 'child.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => {
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  const connectionString = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then(() => {
      reject(new Error('the EventStoreDB server ended before it listened'));
    });
  });
  return {
    connectionString,
    port: Number(new URL(connectionString.replace('esdb:', 'http:')).port),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

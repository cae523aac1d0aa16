import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServerProcess } from '../eventstoredb-server/child-process.ts';
import type { ServerProcess } from '../eventstoredb-server/child-process.ts';

/** A server that is killed and started again, with what it has stored. */
export type KilledServer = {
  readonly url: string;
  /** With SIGKILL, or whatever the given command does. */
  readonly kill: () => Promise<void>;
  /** As `kill`, with SIGTERM where it is ours. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const url = process.env['PAYMENT_ORDER_TEST_ESDB'] ?? '';
const killCommand = process.env['PAYMENT_ORDER_TEST_ESDB_KILL'] ?? '';
const startCommand = process.env['PAYMENT_ORDER_TEST_ESDB_START'] ?? '';

/** The server that the three variables name, or ours with its log in a file. */
export function openKilledServer(): Promise<KilledServer> {
  const isNamed = url !== '' && killCommand !== '' && startCommand !== '';
  return isNamed ? Promise.resolve(namedServer()) : ourServer();
}

function namedServer(): KilledServer {
  const run = async (command: string) => {
    await promisify(execFile)('sh', ['-c', command]);
  };
  const kill = () => run(killCommand);
  const start = () => run(startCommand);
  return { url, kill, stop: kill, start, close: () => Promise.resolve() };
}

async function ourServer(): Promise<KilledServer> {
  const directory = mkdtempSync(join(tmpdir(), 'eventstoredb-killed-'));
  const file = join(directory, 'log.jsonl');
  let server: ServerProcess = await startServerProcess({ file, noise: 50 });
  const { port, connectionString } = server;
  return {
    url: connectionString,
    kill: () => server.end('SIGKILL'),
    stop: () => server.end('SIGTERM'),
    start: async () => {
      server = await startServerProcess({ file, port, startingMs: 100, stoppingMs: 200 });
    },
    close: async () => {
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

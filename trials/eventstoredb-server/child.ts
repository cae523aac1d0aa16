import { openLogFile } from './log-file.ts';
import type { ChildOptions } from './child-process.ts';
import { startEventStoreDb } from './index.ts';
import { realClock } from './server.ts';

/** A server as a process of its own; `child-process.ts` starts it. Prints its connection string. */
// Our own parent wrote it.
const { file, noise = 0, ...options } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;

const log = file === undefined ? undefined : openLogFile(file, () => realClock.now());
const server = await startEventStoreDb(options, log);
server.noise(noise);
process.on('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});
// The parent holds the other end of it, and may die.
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write(`${server.connectionString}\n`);

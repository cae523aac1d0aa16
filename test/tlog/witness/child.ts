/**
 * A witness in a process of its own. Prints its URL.
 * Arguments: the state file, and at which moment of its first transaction this process kills itself.
 */

import { DatabaseSync } from 'node:sqlite';
import { openWitness } from '../../../src/tlog/witness/server.ts';
import { trustText, witnessKey } from './world.ts';

const [state = '', killAt = 'never'] = process.argv.slice(2);
const { text: key } = witnessKey;
const witness = await openWitness({ key, trust: trustText, state });

// The prototype's own method is called with its object.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql: string) {
  if (killAt === `before ${sql}`) process.kill(process.pid, 'SIGKILL');
  exec.call(this, sql);
  if (killAt === `after ${sql}`) process.kill(process.pid, 'SIGKILL');
};

console.log(witness.url);

/**
 * Brings the index of a SQLite store up to date, and prints a digest of all that it finds.
 * Arguments: the store's file, and before which statement of control this process kills itself (0: never).
 */

import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openIndex, searchAll, withoutWhy } from './world.ts';

const [path = '', killBefore = '0'] = process.argv.slice(2);
const runtime = systemRuntime();
const store = await openSqliteStore({ path, runtime, readOnly: true });

let statements = 0;
// The prototype's own method is called with its object.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql: string) {
  statements += 1;
  if (statements === Number(killBefore)) process.kill(process.pid, 'SIGKILL');
  exec.call(this, sql);
};

const { index, errors, close } = openIndex(store, runtime, `${path}.index`);
const found = withoutWhy(await searchAll(index, { limit: 1_000 }));
await close();
await store.close();
const digest = createHash('sha256').update(JSON.stringify(found)).digest('hex');
console.log(JSON.stringify({ orders: found.length, digest, errors: errors.length, statements }));

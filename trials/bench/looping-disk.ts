/** Keeps the disk busy while it is asked to: writes a file and waits for the disk, again and again. */

import { fsyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const file = openSync(process.argv[2] ?? '', 'w');
const bytes = Buffer.alloc(4 * 1024 * 1024, 'x');
const asked = { isBusy: false };

process.on('message', (what) => (asked.isBusy = what === 'busy'));
process.on('disconnect', () => process.exit());

for (;;) {
  if (asked.isBusy) {
    writeSync(file, bytes, 0, bytes.length, 0);
    fsyncSync(file);
  }
  await sleep(asked.isBusy ? 0 : 20);
}

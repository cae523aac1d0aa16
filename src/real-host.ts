import { randomBytes, randomUUID } from 'node:crypto';
import type { Host } from './host.ts';

/** The longest a timer of Node can wait, ms; who waits longer looks again then. */
const timerMsMax = 2_147_483_647;

/** Drawn at once: asking the system for every few bytes costs more than the bytes. */
const poolBytes = 4_096;

/** Makes the one host that reads real clocks; everything else is passed one. */
export function realHost(): Host {
  let pool = Buffer.alloc(0);
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer: (delayMs, run) => {
      const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), timerMsMax));
      return () => {
        clearTimeout(timer);
      };
    },
    newId: () => randomUUID(),
    randomHex: (bytes) => {
      if (pool.length < bytes) pool = randomBytes(Math.max(bytes, poolBytes));
      const drawn = pool.toString('hex', 0, bytes);
      pool = pool.subarray(bytes);
      return drawn;
    },
    random: () => Math.random(),
  };
}

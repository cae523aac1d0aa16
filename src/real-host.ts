import { randomBytes, randomUUID } from 'node:crypto';
import type { Host } from './host.ts';

/** The longest a timer of Node can wait, ms; who waits longer looks again then. */
const timerMsMax = 2_147_483_647;

/** Makes the one host that reads real clocks; everything else is passed one. */
export function realHost(): Host {
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
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    random: () => Math.random(),
  };
}

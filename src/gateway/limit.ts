import type { Host } from '../host.ts';

export type Limit = { readonly signal: AbortSignal; stop(): void };

/** A signal that aborts after `ms`, unless stopped before. */
export function startLimit(host: Pick<Host, 'setTimer'>, ms: number): Limit {
  const controller = new AbortController();
  const stop = host.setTimer(ms, () => {
    controller.abort();
  });
  return { signal: controller.signal, stop };
}

import type { Runtime } from '../runtime.ts';

export type Limit = { readonly signal: AbortSignal; stop(): void };

/** A signal that aborts after `ms`, unless stopped before. */
export function startLimit(runtime: Pick<Runtime, 'setTimer'>, ms: number): Limit {
  const controller = new AbortController();
  const stop = runtime.setTimer(ms, () => {
    controller.abort();
  });
  return { signal: controller.signal, stop };
}

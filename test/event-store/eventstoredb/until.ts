import { systemRuntime } from '../../../src/runtime.ts';

/** Waits until it holds, 5 s at most. */
export async function until(holds: () => boolean): Promise<void> {
  const runtime = systemRuntime();
  const endMs = runtime.monotonicMs() + 5_000;
  while (!holds()) {
    if (runtime.monotonicMs() > endMs) throw new Error('it did not come to pass within 5 s');
    await new Promise<void>((resolve) => runtime.setTimer(5, resolve));
  }
}

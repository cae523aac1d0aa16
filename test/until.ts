import { sleep, systemRuntime } from '../src/runtime.ts';

/** Waits until the condition holds. The limit only ends a test that waits for nothing. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const runtime = systemRuntime();
  const endMs = runtime.monotonicMs() + 60_000;
  while (!(await holds())) {
    if (runtime.monotonicMs() > endMs) throw new Error(`not within 60 s: ${String(holds)}`);
    await sleep(runtime, 5);
  }
}

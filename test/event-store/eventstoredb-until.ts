import { realHost } from '../../src/real-host.ts';

/** Waits until it holds, 5 s at most. */
export async function until(holds: () => boolean): Promise<void> {
  const host = realHost();
  const endMs = host.monotonicMs() + 5_000;
  while (!holds()) {
    if (host.monotonicMs() > endMs) throw new Error('it did not come to pass within 5 s');
    await new Promise<void>((resolve) => host.setTimer(5, resolve));
  }
}

import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Runtime } from '../runtime.ts';
import { sleep } from '../runtime.ts';
import type { Changes } from './changes.ts';

/** Time alone makes orders overdue, and a page looks again so often, ms. */
const tickMs = 10_000;

/** More windows than anybody looks at. The other connections are for those who read and act. */
const streamsMax = 128;

/**
 * The event stream of one open page: `changed` after an event of its order, or of any; `tick` now and
 * then, by which a browser also notices that the console is gone.
 *
 * @param ended - Aborts when the console closes.
 */
export function streamOf(context: Context, runtime: Runtime, changes: Changes, ended: AbortSignal) {
  if (changes.listening >= streamsMax) return context.text('too many pages are open\n', 503);
  const orderNo = context.req.query('order') ?? null;
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => {
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, ended]);
    // One that is waited for, and replaced once it has come: so many events make one message.
    let change = Promise.withResolvers<'changed'>();
    const unlisten = changes.listen(orderNo, () => {
      change.resolve('changed');
    });
    try {
      while (!signal.aborted) {
        const ticking = new AbortController();
        const tick = sleep(runtime, tickMs, AbortSignal.any([signal, ticking.signal]));
        const event = await Promise.race([change.promise, tick.then(() => 'tick' as const)]);
        ticking.abort();
        if (event === 'changed') change = Promise.withResolvers();
        await stream.writeSSE({ event, data: '' });
      }
    } finally {
      unlisten();
    }
  });
}

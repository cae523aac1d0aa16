import { startChild } from './children.ts';
import type { Task, Message } from './sqlite-damage-child.ts';

export type JudgedCase = Omit<Extract<Message, { kind: 'case' }>, 'kind'>;

/** A case takes some ms; a child that is silent for so long hangs. */
const hangsAfterMs = 30_000;

/**
 * Runs the cases `slice`, `slice + of`, … in children: a case that crashes or hangs its process is
 * a case that failed, and the next child runs the remaining ones.
 */
export async function damageSlice(given: {
  readonly scale: number;
  readonly seed: number;
  readonly slice: number;
  readonly of: number;
  readonly cache: string;
  readonly onCase: (judged: JudgedCase, count: number) => void;
  /** What ended a process, and at which case. */
  readonly onDeath: (what: string) => void;
}): Promise<void> {
  const { scale, seed, of } = given;
  let next = given.slice;
  let count = Infinity;
  while (next < count) {
    const orders: Task = { scale, seed, first: next, of };
    const hanging = new AbortController();
    const child = startChild({
      file: 'sqlite-damage-child.ts',
      argument: orders,
      cache: given.cache,
      onLine: (line) => {
        watchdog.refresh();
        // Our own child wrote the line.
        const message = JSON.parse(line) as Message;
        if (message.kind === 'cases') {
          ({ count } = message);
          return;
        }
        next = message.index + of;
        given.onCase(message, count);
      },
    });
    const watchdog = setTimeout(() => {
      hanging.abort();
      child.kill();
    }, hangsAfterMs);
    const { exitCode, signal, stderr } = await child.ended;
    clearTimeout(watchdog);
    if (exitCode === 0 && next >= count) return;
    const how = hanging.signal.aborted
      ? 'hung'
      : `ended (${signal ?? `exit code ${exitCode ?? 'none'}`})`;
    given.onDeath(`case ${next} of ${count}: the process ${how}: ${stderr.slice(-500)}`);
    if (count === Infinity) return;
    next += of;
  }
}

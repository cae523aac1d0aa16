import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startChild } from './children.ts';
import type { Orders } from './sqlite-fsync-child.ts';

export type Traced = {
  readonly acknowledgements: number;
  /** Acknowledgements sent before everything written had reached the disk. */
  readonly early: number;
  /** How often the disk was waited for. */
  readonly syncs: number;
  /** Why there is no trace, or null. */
  readonly problem: string | null;
};

const mark = 'acknowledged ';

/** Runs a child under strace, and reads from the trace what happened before what. */
export async function traced(orders: Omit<Orders, 'mark'>, cache: string): Promise<Traced> {
  const trace = `${orders.path}.trace`;
  // Every thread: after some commits, one of its own writes.
  const calls = 'trace=openat,write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync';
  const child = startChild({
    file: 'sqlite-fsync-child.ts',
    argument: { ...orders, mark },
    cache,
    onLine: () => undefined,
    under: ['strace', '-f', '-y', '-s', '16', '-e', calls, '-o', trace],
  });
  const { exitCode, stderr } = await child.ended;
  if (exitCode !== 0) {
    const problem = `strace gave no trace; install it, and allow ptrace: ${stderr.trim()}`;
    return { acknowledgements: 0, early: 0, syncs: 0, problem };
  }
  return { ...judged(readFileSync(trace, 'utf8').split('\n'), orders.path), problem: null };
}

/**
 * One line per call, without its thread. A call that another thread came between stands in two lines:
 * a write counts where it began, a wait for the disk where it returned.
 */
function* inOrder(lines: readonly string[]): Generator<string> {
  const begun = new Map<string, string>();
  for (const line of lines) {
    const { thread = '', text = '' } = /^(?<thread>\d+) +(?<text>.*)$/.exec(line)?.groups ?? {};
    const { start } = /^(?<start>.*) <unfinished \.\.\.>$/.exec(text)?.groups ?? {};
    const { end } = /^<\.\.\. \w+ resumed>(?<end>.*)$/.exec(text)?.groups ?? {};
    if (start?.includes('sync(') === true) begun.set(thread, start);
    else if (end === undefined) yield text;
    else if (begun.has(thread)) {
      yield (begun.get(thread) ?? '') + end;
      begun.delete(thread);
    }
  }
}

/**
 * Written bytes are dirty until their file is synced, and a new file's name until its directory is.
 * The index of the log (-shm) is rebuilt after a crash, so it need not be on the disk. What stands
 * in the log need not stand in the file too, where a checkpoint of another thread copies it.
 */
function judged(lines: readonly string[], path: string): Omit<Traced, 'problem'> {
  const log = `${path}-wal`;
  const written = new Set([path, log]);
  const known = new Set<string>();
  const dirty = new Set<string>();
  let acknowledgements = 0;
  let early = 0;
  let syncs = 0;
  for (const line of inOrder(lines)) {
    const { call = '', file = '' } = /^(?<call>\w+)\(\d+<(?<file>[^>]*)>/.exec(line)?.groups ?? {};
    if (call === 'write' && line.includes(`"${mark}`)) {
      acknowledgements += 1;
      if (dirty.size > 0) early += 1;
    }
    if (call.includes('sync') && line.endsWith('= 0')) {
      syncs += 1;
      dirty.delete(file);
    } else if (call !== '' && written.has(file)) {
      if (file === log) written.delete(path);
      dirty.add(file);
    }
    const made = /^openat\([^"]*"(?<name>[^"]*)", [A-Z_|]*O_CREAT/.exec(line)?.groups?.['name'];
    if (made === undefined || known.has(made) || ![path, log].includes(made)) continue;
    known.add(made);
    dirty.add(dirname(path));
  }
  return { acknowledgements, early, syncs };
}

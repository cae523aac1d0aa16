/**
 * The heartbeat of recovery: a small file beside the order index, in which each process says every few
 * seconds how its recovery stands. So another process can tell, without the store, whether anybody
 * works. It decides nothing, and may be deleted at any time.
 */

import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PaymentOrderError } from '../errors.ts';
import { retold } from '../foreign-error.ts';
import { replacePrivateFile } from '../private-files.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf, millisecondsOf, sleep } from '../runtime.ts';
import type { RecoveryStatus } from './status.ts';

/** How often it is written, ms. */
const beatMs = 5_000;

/** One that is older says nothing of the present, ms. */
export const freshMs = 30_000;

/** Others delete it after this time, ms: its process died. */
const leftMs = 86_400_000;

/** How the name of a heartbeat ends, or of a draft of one. What merely begins alike is not ours. */
const ourEnd = /^[\w.-]*-\d+\.json(?:\.[0-9a-f]{16})?$/;

/** Far more than any has. */
const bytesMax = 1_048_576;

/** What the file says, as far as it is shown. Versions differ, so more is let pass. */
const beatSchema = z.object({
  at: z.iso.datetime(),
  host: z.string(),
  pid: z.int(),
  status: z.object({
    phase: z.enum(['off', 'reading', 'following', 'interrupted', 'stopped']),
    startedAt: z.string().nullable(),
    position: z.string().nullable(),
    lagMs: z.number().nullable(),
    waiting: z.number(),
    due: z.number(),
    inFlight: z.number(),
    fired: z.number(),
    lastFiring: z
      .object({
        at: z.string(),
        orderNo: z.string(),
        event: z.string(),
        attempt: z.number(),
        answer: z.string(),
        gateway: z.string().nullable(),
      })
      .nullable(),
    leftAlone: z.object({ others: z.number(), noGateway: z.number() }),
    gateways: z.array(
      z.object({
        name: z.string(),
        appId: z.string(),
        state: z.enum(['up', 'down']),
        since: z.string().nullable(),
        rule: z.string().nullable(),
        waiting: z.number(),
      }),
    ),
    notices: z.object({ waiting: z.number(), due: z.number(), inFlight: z.number() }).nullable(),
  }),
});

/** A heartbeat as it was read, and whether it is of the present. */
export type Beat = z.infer<typeof beatSchema> & {
  /** How old it is, ms; negative where the clocks differ. */
  readonly ageMs: number;
  readonly isFresh: boolean;
};

type HeartbeatDependencies = {
  readonly runtime: Runtime;
  readonly onError: (error: unknown) => void;
};

/** Writes the heartbeat of one process. */
export class Heartbeat {
  readonly #dependencies: HeartbeatDependencies;
  readonly #path: string;
  readonly #indexFile: string;
  readonly #statusOf: () => RecoveryStatus;
  readonly #stopping = new AbortController();
  #beating: Promise<void> | null = null;
  /** One write is made after the other. */
  #written: Promise<void> = Promise.resolve();
  #isFailing = false;

  /** @param indexFile - The file of the order index, beside which it is written. */
  constructor(
    dependencies: HeartbeatDependencies,
    indexFile: string,
    statusOf: () => RecoveryStatus,
  ) {
    this.#dependencies = dependencies;
    this.#indexFile = indexFile;
    this.#statusOf = statusOf;
    const host = hostname().replaceAll(/[^\w.-]/g, '-');
    this.#path = join(dirname(indexFile), `${prefixOf(indexFile)}${host}-${process.pid}.json`);
  }

  /** Begins, once. */
  start(): void {
    this.#beating ??= this.#beat();
  }

  /** Says at once what has changed. */
  now(): Promise<void> {
    this.#written = this.#written.then(() => this.#write());
    return this.#written;
  }

  /** Says once more how it stands, which is that it stops. */
  async stops(): Promise<void> {
    this.#stopping.abort();
    if (this.#beating === null) return;
    await this.#beating;
    await this.now();
  }

  /** Deletes the file, after `stops`. */
  async end(): Promise<void> {
    await this.#written;
    if (this.#beating !== null) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { runtime } = this.#dependencies;
    const { signal } = this.#stopping;
    await this.now();
    await deleteLeft(this.#indexFile, runtime.now());
    for (;;) {
      await sleep(runtime, beatMs, signal);
      if (signal.aborted) return;
      await this.now();
    }
  }

  async #write(): Promise<void> {
    const { runtime, onError } = this.#dependencies;
    const at = instantOf(runtime.now());
    const beat = { at, host: hostname(), pid: process.pid, status: this.#statusOf() };
    try {
      await replacePrivateFile(this.#path, `${JSON.stringify(beat)}\n`, runtime.randomHex(8));
      this.#isFailing = false;
    } catch (error) {
      // Once, and not every few seconds.
      if (!this.#isFailing) onError(unwritable(this.#path, error));
      this.#isFailing = true;
    }
  }
}

/** The heartbeats beside an index, those of the same host together. What cannot be read is left out. */
export async function readHeartbeats(indexFile: string, nowMs: number): Promise<readonly Beat[]> {
  const beats: Beat[] = [];
  for (const name of await namesBeside(indexFile)) {
    if (!name.endsWith('.json')) continue;
    const beat = await readBeat(join(dirname(indexFile), name), nowMs);
    if (beat !== null) beats.push(beat);
  }
  return beats.toSorted((one, other) => one.host.localeCompare(other.host) || one.pid - other.pid);
}

async function readBeat(path: string, nowMs: number): Promise<Beat | null> {
  try {
    const found = await stat(path);
    // A pipe would hold the reader, and a device has no size.
    if (!found.isFile() || found.size > bytesMax) return null;
    const beat = beatSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    const ageMs = nowMs - millisecondsOf(beat.at);
    return { ...beat, ageMs, isFresh: Math.abs(ageMs) <= freshMs };
  } catch {
    // It was deleted meanwhile, or is of another version.
    return null;
  }
}

async function deleteLeft(indexFile: string, nowMs: number): Promise<void> {
  for (const name of await namesBeside(indexFile)) {
    const path = join(dirname(indexFile), name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile() !== true || nowMs - found.mtimeMs < leftMs) continue;
    // Somebody else may have deleted it, or may have to.
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function namesBeside(indexFile: string): Promise<readonly string[]> {
  const prefix = prefixOf(indexFile);
  const names = await readdir(dirname(indexFile)).catch(() => []);
  return names.filter((name) => name.startsWith(prefix) && ourEnd.test(name.slice(prefix.length)));
}

function prefixOf(indexFile: string): string {
  return `${basename(indexFile)}.work-`;
}

function unwritable(path: string, cause: unknown): PaymentOrderError {
  return new PaymentOrderError(
    'heartbeat-unwritable',
    `${path}: the heartbeat of recovery cannot be written, so "work --status" does not see this ` +
      'process; recovery goes on: make the directory of the index writable',
    { cause: retold(cause) },
  );
}

import { openSqliteStore } from '../../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { scratchPath } from '../../../test/event-store/scratch.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { deaths, judge, liveAndDie } from '../sqlite-kills.ts';
import type { Death, Journal } from '../sqlite-kills.ts';

const name = 'sqlite-kills';
const filesAtScale1 = 20;
const killsOfFile = 10;
/** The promise: of 200 kills at least 50 leave something durable that was not acknowledged. */
const doubtfulShare = 0.25;
const atOnce = 4;

/** Children that append to SQLite files, killed at any time; each file is judged when reopened. */
export const sqliteKills: Level = {
  name,
  promise: 'Killed with kill -9 during SQLite appends, nothing acknowledged is lost.',
  async run({ scale, seed, progress }) {
    const { path: cache, remove: removeCache } = scratchPath();
    const fileCount = Math.max(1, Math.round(filesAtScale1 * scale));
    const died = Object.fromEntries(deaths.map((death) => [death, 0])) as Record<Death, number>;
    const counts = { kills: 0, acknowledged: 0, durableUnacknowledged: 0, notStored: 0 };
    const violations: string[] = [];
    const queue = Array.from({ length: fileCount }, (_, file) => file).values();
    const lane = async () => {
      for (const file of queue) {
        const result = await killsOnFile({
          seed: seed + file,
          died,
          cache,
          isShared: file % 4 === 3,
          endsLarge: file % 4 === 0,
        });
        counts.kills += result.kills;
        counts.acknowledged += result.acknowledged;
        counts.durableUnacknowledged += result.durableUnacknowledged;
        counts.notStored += result.notStored;
        violations.push(...result.violations);
        progress(counts.kills, fileCount * killsOfFile);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    removeCache();
    if (counts.durableUnacknowledged < counts.kills * doubtfulShare) {
      violations.push(`unseen ${counts.durableUnacknowledged} batches durable but unacknowledged`);
    }
    const repro = reproOf(name, { scale, seed });
    const failures: Failure[] = violations.map((what) => ({
      invariant: what.split(' ')[0] ?? '',
      repro,
      what,
    }));
    const lost = violations.filter((what) => what.startsWith('I1 ')).length;
    const { durableUnacknowledged, notStored } = counts;
    return {
      counts: { ...counts, lost },
      seen: {
        'durable but not acknowledged': durableUnacknowledged,
        'not stored': notStored,
        ...Object.fromEntries(deaths.map((death) => [`killed ${death}`, died[death]])),
      },
      failures,
    };
  },
};

/** One file through many deaths; now and then the next child finds it as the last one left it. */
async function killsOnFile(given: {
  readonly seed: number;
  /** Two children at once, each with streams of its own. */
  readonly isShared: boolean;
  /** Its last child writes so much that the log is moved into the file. */
  readonly endsLarge: boolean;
  readonly died: Record<Death, number>;
  readonly cache: string;
}) {
  const { seed, isShared, endsLarge, died, cache } = given;
  const runtime = simulatedRuntime({ seed });
  const random = () => runtime.random();
  const { path, remove } = scratchPath();
  const journal: Journal = new Map();
  const result = { kills: 0, acknowledged: 0, durableUnacknowledged: 0, notStored: 0 };
  const violations: string[] = [];
  const together = isShared ? 2 : 1;
  while (result.kills < killsOfFile && violations.length === 0) {
    const isLastRound = result.kills + together >= killsOfFile;
    const wrong = await Promise.all(
      Array.from({ length: together }, (_, child) => {
        const death = isLastRound && endsLarge ? 'while the log is moved' : drawn(random);
        died[death] += 1;
        const streams = [`child${child}-a`, `child${child}-b`].slice(0, 1 + Number(random() < 0.6));
        return liveAndDie({ path, streams, death, random, cache, journal });
      }),
    );
    result.kills += together;
    violations.push(...wrong.filter((what) => what !== null).map((what) => `crash ${what}`));
    if (!isLastRound && random() < 0.3) continue;
    const store = await openSqliteStore({ path, runtime: systemRuntime() });
    const judgement = await judge(store, journal);
    await store.close();
    violations.push(...judgement.violations);
    result.durableUnacknowledged += judgement.durableUnacknowledged;
    result.notStored += judgement.notStored;
  }
  for (const batches of journal.values()) result.acknowledged += batches.length;
  remove();
  return { ...result, violations };
}

function drawn(random: () => number): Death {
  return deaths[Math.floor(random() * 4)] ?? 'at a random time';
}

import { parseArgs } from 'node:util';
import { consoleFigures } from './console.ts';
import { eventIdFigures } from './event-ids.ts';
import { eventStoreDbFigures } from './eventstoredb.ts';
import { inScratch, roundsMin } from './figure.ts';
import type { Figure } from './figure.ts';
import { foldFigure } from './folding.ts';
import { bytesGrowth, callersGrowth, eventsGrowth } from './growing.ts';
import { ordersGrowth } from './growing-store.ts';
import { hashFigures } from './hashing.ts';
import { indexFigures } from './indexing.ts';
import { jobsFigures } from './jobs.ts';
import { loopFigures } from './looping.ts';
import { workerStartFigure } from './recovering.ts';
import { logFigures } from './proving.ts';
import { replayFigures } from './replaying.ts';
import { reportFigures } from './reporting.ts';
import { commandOf, compared, machineOfThisRun, readRun } from './run-file.ts';
import type { Measured, RunFile } from './run-file.ts';
import { columnsOf, comparisonColumns } from './shown.ts';
import { sizeFigures } from './sizing.ts';
import { startFigures } from './starting.ts';
import { cancelFigures, commandsFigure } from './writing.ts';

const { values } = parseArgs({
  options: {
    /** Names of the benches to run, with commas. All without it. */
    only: { type: 'string' },
    /** How often each of the two ways is measured, at least 7. */
    rounds: { type: 'string', default: String(roundsMin) },
    /** How large the store is that is replayed, or whose log is signed. */
    events: { type: 'string', default: '1000000' },
    /** How many orders of each kind are measured. */
    orders: { type: 'string', default: '20000' },
    /** Grows to a million orders, 10,000 events and 256 callers. Takes an hour. */
    large: { type: 'boolean', default: false },
    /**
     * A checkout of an older version, built: `show`, the EventStoreDB adapter and the appends in it are
     * measured.
     */
    before: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** A file that `--json` wrote before. Ends with 1 where a figure got worse. */
    compare: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
if (!(rounds >= roundsMin)) throw new Error(`--rounds must be a number of at least ${roundsMin}`);

type Bench = (directory: string, rounds: number) => Promise<Figure | Figure[]>;

const benches: Readonly<Record<string, Bench>> = {
  commands: commandsFigure,
  cancels: cancelFigures,
  loop: loopFigures,
  fold: (_, rounds) => foldFigure(rounds),
  show: (directory, rounds) => startFigures(directory, rounds, values.before),
  report: (_, rounds) => reportFigures(rounds),
  worker: (_, rounds) => workerStartFigure(rounds),
  index: indexFigures,
  console: consoleFigures,
  ids: (directory, rounds) => eventIdFigures(directory, Number(values.events), rounds),
  sizes: () => sizeFigures(inScratch, Number(values.orders)),
  eventstoredb: (_, rounds) => eventStoreDbFigures(Math.max(rounds, 15), values.before),
  'growth-events': (directory, rounds) =>
    eventsGrowth(directory, rounds, values.large ? 10_000 : 1_000),
  'growth-orders': (directory, rounds) =>
    ordersGrowth(directory, rounds, values.large ? 1_000_000 : 10_000),
  'growth-callers': (directory, rounds) =>
    callersGrowth(directory, rounds, values.large ? 256 : 64),
  'growth-bytes': bytesGrowth,
  replay: (directory, rounds) => replayFigures(directory, Number(values.events), rounds),
  hashes: hashFigures,
  tlog: (directory, rounds) => logFigures(directory, Number(values.events), rounds, values.before),
  jobs: (directory, rounds) => jobsFigures(directory, Number(values.events), rounds),
};

const then = values.compare === undefined ? null : readRun(values.compare);
const names = values.only?.split(',') ?? Object.keys(benches);
const machine = machineOfThisRun();
const figures: Measured[] = [];
const chosen = names.map((name) => {
  const bench = benches[name];
  if (bench !== undefined) return { name, bench };
  throw new Error(`no bench '${name}'; there are ${Object.keys(benches).join(', ')}`);
});
for (const { name, bench } of chosen) {
  process.stderr.write(`${name} …\n`);
  let found: readonly Figure[];
  try {
    found = [await inScratch((directory) => bench(directory, rounds))].flat();
  } catch (error) {
    // What an hour has measured is not lost by one of them.
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
    continue;
  }
  figures.push(...found.map((figure) => ({ bench: name, ...figure })));
  if (values.json) continue;
  process.stdout.write(`\n${commandOf(name)}\n`);
  console.table(found.map(columnsOf));
}

if (values.json) {
  const run: RunFile = { day: new Date().toISOString().slice(0, 10), machine, figures };
  process.stdout.write(`${JSON.stringify(run, null, 2)}\n`);
}
if (then !== null) {
  const measured = then.figures.filter(({ bench }) => names.includes(bench));
  const comparisons = compared(measured, figures);
  // Next to the figures as JSON there must be nothing else on stdout.
  const output = values.json ? new console.Console(process.stderr) : console;
  output.table(comparisons.map(comparisonColumns));
  if (comparisons.some(({ verdict }) => verdict === 'worse')) process.exitCode = 1;
}

import { parseArgs } from 'node:util';
import { eventStoreDbFigures } from './eventstoredb.ts';
import { inScratch } from './figure.ts';
import type { Figure } from './figure.ts';
import { foldFigure } from './folding.ts';
import { indexFigures } from './indexing.ts';
import { workerStartFigure } from './recovering.ts';
import { replayFigures } from './replaying.ts';
import { reportFigures } from './reporting.ts';
import { sizeFigures } from './sizing.ts';
import { showFigure } from './starting.ts';
import { cancelsFigure, commandsFigure } from './writing.ts';

const { values } = parseArgs({
  options: {
    /** How large the store to replay is. */
    events: { type: 'string', default: '1000000' },
    /** How many orders of each kind are measured. */
    orders: { type: 'string', default: '20000' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const benches: Record<string, (directory: string) => Promise<Figure | Figure[]>> = {
  commands: commandsFigure,
  cancels: cancelsFigure,
  fold: () => foldFigure(),
  show: showFigure,
  report: () => reportFigures(),
  worker: () => workerStartFigure(),
  index: indexFigures,
  sizes: () => sizeFigures(inScratch, Number(values.orders)),
  eventstoredb: () => eventStoreDbFigures(),
  replay: (directory) => replayFigures(directory, Number(values.events)),
};

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (values.only !== undefined && values.only !== name) continue;
  process.stderr.write(`${name} …\n`);
  figures.push(...[await inScratch(bench)].flat());
}

const shown = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
if (values.json) process.stdout.write(`${JSON.stringify({ figures }, null, 2)}\n`);
else {
  console.table(
    figures.map(({ name, ours, against, unit, alternative, ratio, atLeast, remark = '' }) => ({
      figure: name,
      ours: `${shown(ours)}${unit}`,
      against: `${shown(against)}${unit} ${alternative}`,
      ratio: ratio.toFixed(2),
      'at least': atLeast,
      met: ratio >= atLeast ? 'yes' : 'NO',
      remark,
    })),
  );
  process.stdout.write(`${JSON.stringify({ figures })}\n`);
}

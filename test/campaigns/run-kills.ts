import { parseArgs } from 'node:util';
import { killAtRandom } from './kills.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    /** Such as sqlite:FILE; default: an EventStoreDB of ours on loopback. */
    store: { type: 'string' },
  },
});
const report = await killAtRandom({
  ...{ seconds: Number(values.seconds), seed: Number(values.seed) },
  ...(values.store === undefined ? {} : { storeUrl: values.store }),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (report.violations.length > 0) {
  process.stdout.write(`REPRO npm run campaign:kills -- --seed ${values.seed}\n`);
  process.exitCode = 1;
}

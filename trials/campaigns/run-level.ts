import { parseArgs } from 'node:util';
import { levels } from './levels.ts';

// One level in a process of its own: progress on stderr, its report as one line on stdout.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '20210222' },
    first: { type: 'boolean', default: false },
  },
});
const name = positionals[0] ?? '';
const load = levels[name];
if (load === undefined) {
  process.stderr.write(`no level '${name}'; there are ${Object.keys(levels).join(', ')}\n`);
  process.exit(2);
}
const level = await load();
const started = performance.now();
let lastPrintedMs = 0;
const report = await level.run({
  scale: Number(values.scale),
  seed: Number(values.seed),
  untilFailure: values.first,
  progress: (done, of) => {
    if (performance.now() - lastPrintedMs < 10_000) return;
    lastPrintedMs = performance.now();
    process.stderr.write(`${name} ${done} of ${of}\n`);
  },
});
const seconds = Math.round(performance.now() - started) / 1_000;
const { promise } = level;
process.stdout.write(`${JSON.stringify({ name, promise, seconds, ...report })}\n`);
// A handle that was forgotten must not keep a campaign waiting.
process.exit(0);

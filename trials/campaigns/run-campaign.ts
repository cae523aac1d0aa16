import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileCache } from '../../test/compile-cache.ts';
import type { LevelReport } from './level.ts';
import { levels } from './levels.ts';

type NamedReport = LevelReport & { readonly name: string; readonly seconds: number };

const { values } = parseArgs({
  options: {
    level: { type: 'string', multiple: true },
    scale: { type: 'string', default: '10' },
    seed: { type: 'string', default: '20210222' },
    report: { type: 'string' },
  },
});
const wanted = values.level ?? Object.keys(levels);
const unknown = wanted.filter((name) => levels[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `no level ${unknown.join(', ')}; there are ${Object.keys(levels).join(', ')}\n`,
  );
  process.exit(2);
}

/** Levels wait for timers, disks and children: three at a time keep two cores busy. */
const atOnce = 3;
const queue = wanted.values();
const reports: NamedReport[] = [];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (const name of queue) {
      const report = await runLevel(name);
      reports.push(report);
      print(report);
    }
  }),
);

const red = reports.filter((report) => problemsOf(report).length > 0);
if (values.report !== undefined) {
  writeFileSync(values.report, `${JSON.stringify({ ...values, levels: reports }, null, 2)}\n`);
}
process.stdout.write(`${reports.length - red.length} passed, ${red.length} failed\n`);
process.exitCode = red.length === 0 ? 0 : 1;

/** Violations, and what had to be seen and was not. Their first line reproduces them. */
function problemsOf({ name, seen, failures }: NamedReport): readonly string[] {
  const unseen = Object.entries(seen).filter(([, times]) => times === 0);
  return [
    ...failures.map(({ invariant, repro, what }) => `REPRO ${invariant} ${repro}\n  ${what}`),
    ...unseen.map(
      ([what]) => `REPRO unseen npm run campaign -- --level ${name}\n  never saw: ${what}`,
    ),
  ];
}

function print(report: NamedReport): void {
  const problems = problemsOf(report);
  const figures = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ');
  const verdict = problems.length === 0 ? 'ok    ' : 'FAILED';
  const lines = [
    `${verdict} ${report.name} (${report.seconds.toFixed(0)} s): ${figures(report.counts)}`,
    ...(Object.keys(report.seen).length === 0 ? [] : [`       seen: ${figures(report.seen)}`]),
  ];
  process.stdout.write(`${[...problems.slice(0, 5), ...lines].join('\n')}\n`);
}

function runLevel(name: string): Promise<NamedReport> {
  const file = join(import.meta.dirname, 'run-level.ts');
  const args = [file, name, '--scale', values.scale, '--seed', values.seed];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.on('close', (code) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      try {
        // run-level.ts wrote it.
        resolve(JSON.parse(last) as NamedReport);
      } catch {
        resolve({
          name,
          seconds: 0,
          counts: {},
          seen: {},
          failures: [
            {
              invariant: 'crash',
              repro: `npm run campaign -- --level ${name} --scale ${values.scale} --seed ${values.seed}`,
              what: `the level ended with exit code ${String(code)} and no report`,
            },
          ],
        });
      }
    });
  });
}

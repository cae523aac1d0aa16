import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parts } from './parts.ts';
import { mutantsOf } from './report.ts';
import { judge } from './survivors.ts';

// `npm run mutate [-- PART …]`: changes the code, one place at a time. A test must fail, or
// survivors/PART.json must say why none can.
const root = join(import.meta.dirname, '../..');
const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
/** Of the mutants that some test executes, in percent. */
const scoreMin = 90;

const { positionals } = parseArgs({ allowPositionals: true });
const wanted = positionals.length === 0 ? Object.keys(parts) : positionals;
const unknown = wanted.filter((name) => parts[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`no part ${unknown.join()}; there are ${Object.keys(parts).join()}\n`);
  process.exit(2);
}

let failed = 0;
for (const name of wanted) {
  const problems = mutate(name);
  if (problems.length > 0) failed += 1;
  for (const problem of problems.slice(0, 50)) process.stdout.write(`  ${problem}\n`);
}
process.stdout.write(`${wanted.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function mutate(name: string): readonly string[] {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, [stryker, 'run', '.config/stryker.config.js'], {
    cwd: root,
    env: { ...process.env, MUTATE_PART: name },
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) return [`${name}: Stryker ended with exit code ${String(status)}`];
  const mutants = mutantsOf(readFileSync(join(root, `.mutation/${name}.json`), 'utf8'));
  const of = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status));
  const noticed = of('Killed', 'Timeout').length;
  const survivors = of('Survived');
  const uncovered = of('NoCoverage');
  const score = (noticed / (noticed + survivors.length)) * 100;
  const minutes = (performance.now() - startedMs) / 60_000;
  process.stdout.write(
    `${name}: ${mutants.length} mutants, ${of('RuntimeError').length} do not load, ` +
      `${noticed} noticed, ${survivors.length} survived, ${uncovered.length} in no test, ` +
      `score ${score.toFixed(1)} % (${minutes.toFixed(1)} min)\n`,
  );
  const { unexplained, outdated } = judge(name, survivors);
  const describe = ({ file, line, was, becomes }: (typeof mutants)[number]) =>
    `${file}:${line} ${was} => ${becomes}`;
  return [
    ...(score < scoreMin ? [`the score is below ${scoreMin} %`] : []),
    ...uncovered.map((mutant) => `no test runs ${describe(mutant)}`),
    ...unexplained.map((mutant) => `survived unexplained: ${describe(mutant)}`),
    ...outdated.map((mutant) => `explained, and does not survive: ${mutant}`),
  ];
}

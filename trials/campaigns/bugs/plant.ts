import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Bug, Detector } from './bugs.ts';

/** How a planted bug was caught: what turned red, after how many seeds, and what reproduces it. */
export type Caught = {
  readonly by: string;
  readonly seeds: number | null;
  readonly repro: string;
};

const root = join(import.meta.dirname, '..', '..', '..');
const parts = ['src', 'machines', 'test', 'trials', '.config', 'package.json', 'tsconfig.json'];
const limitMs = 1_800_000;

/** Plants a bug into a copy of the sources and lets its detector look; null where it survives. */
export async function plant(bug: Bug): Promise<Caught | null> {
  const file = join(copyOfSources(), bug.file);
  const source = readFileSync(file, 'utf8');
  if (!source.includes(bug.from)) {
    throw new Error(`the bug '${bug.name}' no longer fits ${bug.file}`);
  }
  // A function, since '$' in a text means something to replace().
  const planted = source.replace(bug.from, () => bug.to);
  writeFileSync(file, planted);
  try {
    return await look(copyOfSources(), bug.detector);
  } finally {
    writeFileSync(file, source);
  }
}

let copy: string | undefined;

/** One copy for all bugs, one after the other: what is compiled of one serves the next. */
function copyOfSources(): string {
  if (copy !== undefined) return copy;
  const made = mkdtempSync(join(tmpdir(), 'payment-order-bugs-'));
  process.once('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  for (const part of parts) cpSync(join(root, part), join(made, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(made, 'node_modules'));
  return (copy = made);
}

async function look(copy: string, detector: Detector): Promise<Caught | null> {
  switch (detector.by) {
    case 'seeds': {
      const { stdout } = await run(copy, ['trials/simulation/first-red.ts', '--seeds', '4000']);
      const found = redSchema.nullable().parse(JSON.parse(lastLine(stdout)));
      if (found === null) return null;
      return { by: `simulation ${found.invariant}`, seeds: found.tried, repro: found.repro };
    }
    case 'level': {
      const { level, scale } = detector;
      const args = ['trials/campaigns/run-level.ts', level, '--scale', String(scale), '--first'];
      const { stdout } = await run(copy, args);
      const [failure] = levelSchema.parse(JSON.parse(lastLine(stdout))).failures;
      if (failure === undefined) return null;
      return { by: `${level} ${failure.invariant}`, seeds: null, repro: failure.repro };
    }
    case 'tests': {
      const vitest = join('node_modules', 'vitest', 'vitest.mjs');
      const options = ['run', '--config', '.config/vitest.config.ts', '--bail', '1'];
      const { stdout } = await run(copy, [vitest, ...options, ...detector.files.split(' ')]);
      // A copy that runs no test catches nothing.
      const failed = /(\d+) passed, (\d+) failed/.exec(stdout)?.[2];
      if (failed === undefined || failed === '0') return null;
      return { by: detector.files, seeds: null, repro: `npm test -- ${detector.files}` };
    }
  }
}

const redSchema = z.object({ tried: z.int(), invariant: z.string(), repro: z.string() });
const levelSchema = z.object({
  failures: z.array(z.object({ invariant: z.string(), repro: z.string() })),
});

function run(cwd: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      timeout: limitMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_COMPILE_CACHE: join(cwd, '.compiled') },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      resolve({ stdout });
    });
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

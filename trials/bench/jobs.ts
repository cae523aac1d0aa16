import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { run } from '../../src/cli/run.ts';
import { figure, inRounds } from './figure.ts';
import type { Figure, Round } from './figure.ts';
import { fill } from './replaying.ts';

const commands = ['verify --all', 'replay --check --all'] as const;

/**
 * The whole command with two threads against itself with one, thread start and output included. On
 * a machine that others use, the wall time says little; twice the ratio of the CPU times is what
 * two cores without other work can give.
 */
export async function jobsFigures(
  directory: string,
  events: number,
  rounds: number,
): Promise<Figure[]> {
  const path = join(directory, 'jobs.db');
  await fill(path, events);
  appendedOneByOne(path);
  const figures: Figure[] = [];
  for (const command of commands) {
    const cpu: { readonly ours: number[]; readonly against: number[] } = { ours: [], against: [] };
    const wall = await inRounds(
      () => measured(`${command} --store sqlite:${path} --jobs 2`, cpu.ours),
      () => measured(`${command} --store sqlite:${path} --jobs 1`, cpu.against),
      rounds,
      1,
    );
    const cpuRounds = cpu.ours
      .map((ours, round): Round => ({ ours, against: cpu.against[round] ?? NaN }))
      .slice(1);
    const common = { alternative: 'one thread', remark: `${events} events` };
    figures.push(
      figure({ ...common, name: `${command} --jobs 2`, unit: 'ms', atLeast: 1.7, ...wall }),
      figure({
        ...{ ...common, name: `CPU of ${command} --jobs 2`, unit: 'ms of CPU' },
        ...{ atLeast: 0.85, rounds: cpuRounds },
      }),
    );
  }
  return figures;
}

/** As the service writes; a batch of several events would be a fault of the store. */
function appendedOneByOne(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('UPDATE events SET batch_last = revision');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

/** The wall time, ms; the CPU time of all threads goes into `cpu`. */
async function measured(typed: string, cpu: number[]): Promise<number> {
  const said: string[] = [];
  const before = process.cpuUsage();
  const startedMs = performance.now();
  const code = await run(typed.split(' '), {
    stdout: { write: () => undefined },
    stderr: { write: (text) => said.push(text) },
    env: {},
  });
  const tookMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  if (code !== 0) throw new Error(`${typed} ended with ${code}: ${said.join('')}`);
  cpu.push((user + system) / 1_000);
  return tookMs;
}

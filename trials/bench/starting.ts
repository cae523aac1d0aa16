/** What a process takes to start: whole processes, each a new one, from nothing to its end. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { openPaymentOrders } from '../../src/open.ts';
import { sandboxAppId, sandboxKeys } from '../../src/sandbox/index.ts';
import { figure, inRounds, roundsMin } from './figure.ts';
import type { Figure } from './figure.ts';

const root = join(import.meta.dirname, '..', '..');
const binOf = (checkout: string) => join(checkout, 'dist', 'src', 'cli', 'main.js');
const libraries = "import 'xstate'; import 'zod';";
const bare = "import 'node:sqlite'; import 'commander'; " + libraries;
const bareAlternative = 'a program that loads node:sqlite, commander, XState and zod';

/**
 * The built package in processes of their own. Builds it first, so that a fresh clone will do.
 *
 * @param before - A checkout of an older version, built, to measure `show` against as well.
 */
export async function startFigures(
  directory: string,
  given = roundsMin,
  before?: string,
): Promise<Figure[]> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  // Starting is short, and the machine's other work weighs on it.
  const rounds = Math.max(given, 15);
  const store = `sqlite:${join(directory, 'show.db')}`;
  await using orders = await openPaymentOrders({ store });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  const show = ['--store', store, 'show', 'O1'];
  const ours = wallMs([binOf(root), ...show]);
  const shown = async (
    name: string,
    against: number | (() => number),
    alternative: string,
    atLeast: number,
  ) =>
    figure({
      ...{ name, unit: 'ms' },
      ...(await inRounds(ours, against, rounds)),
      ...{ alternative, atLeast },
    });
  return [
    await shown("the built bin's show, warm file", 300, 'the limit', 1),
    await shown('show, next to what it must load', running(bare), bareAlternative, 0.45),
    ...(before === undefined
      ? []
      : [
          await shown(
            'show, next to an older build',
            wallMs([binOf(resolve(before)), ...show]),
            `the build in ${before}`,
            1.33,
          ),
        ]),
    ...(await importFigures(directory, rounds)),
    await coldCancelFigure(directory, rounds),
  ];
}

async function importFigures(directory: string, rounds: number): Promise<Figure[]> {
  const store = `sqlite:${join(directory, 'import.db')}`;
  const imported = "const { openPaymentOrders } = await import('payment-order-machine');";
  const opened = `${imported} await (await openPaymentOrders({ store: ${JSON.stringify(store)} })).close();`;
  const against = running(libraries);
  const alternative = 'a program that imports XState and zod';
  const of = async (name: string, code: string, atLeast: number) =>
    figure({
      ...{ name, unit: 'ms', alternative, atLeast },
      ...(await inRounds(running(code), against, rounds)),
    });
  return [
    await of("a program that imports 'payment-order-machine'", imported, 0.77),
    await of('a program that opens and closes a SQLite file', opened, 0.45),
  ];
}

/** A cancel from the shell, its call to the sandbox included: each of another order. */
async function coldCancelFigure(directory: string, rounds: number): Promise<Figure> {
  const { privateKeyFile } = sandboxKeys(directory);
  const sandbox = spawn(process.execPath, [join(import.meta.dirname, 'sandbox.ts'), directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(sandbox.stdout.setEncoding('utf8'), 'data')) as [string];
  const store = `sqlite:${join(directory, 'cancel.db')}`;
  await using orders = await openPaymentOrders({ store });
  const settings = ['--store', store, '--gateway-url', line.trim(), '--app-id', sandboxAppId];
  const typed = [binOf(root), ...settings, '--private-key-file', privateKeyFile, 'cancel'];
  const ours = async (round: number) => {
    await orders.create({ orderNo: `O${round}`, processBillNo: 'F1' });
    const tookMs = wallMs([...typed, `O${round}`])();
    const state = (await orders.get(`O${round}`))?.state;
    if (state !== 'cancelled') throw new Error(`O${round} is ${String(state)}`);
    return tookMs;
  };
  try {
    return figure({
      name: "the built bin's cancel, its call included",
      unit: 'ms',
      ...(await inRounds(ours, running(bare), rounds)),
      alternative: bareAlternative,
      atLeast: 0.3,
    });
  } finally {
    sandbox.kill();
  }
}

/** Its imports are found from the root, as from a file there. */
function running(code: string): () => number {
  return wallMs(['--input-type=module', '--eval', code]);
}

function wallMs(args: readonly string[]): () => number {
  return () => {
    const startedMs = performance.now();
    execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' });
    return performance.now() - startedMs;
  };
}

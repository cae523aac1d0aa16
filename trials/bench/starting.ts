import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openPaymentOrders } from '../../src/open.ts';
import { figure, inRounds, quantile } from './figure.ts';
import type { Figure } from './figure.ts';

const root = join(import.meta.dirname, '..', '..');

/** Wall time of the built command with its start. Builds it first, so that a fresh clone will do. */
export async function showFigure(directory: string, rounds?: number): Promise<Figure> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  const store = `sqlite:${join(directory, 'show.db')}`;
  await using orders = await openPaymentOrders({ store });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  const bin = join(root, 'dist', 'src', 'cli', 'main.js');
  const wallMs = (args: readonly string[]) => () => {
    const startedMs = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - startedMs;
  };
  return figure({
    name: "the built bin's show, warm file",
    ...(await inRounds(wallMs([bin, '--store', store, 'show', 'O1']), 300, rounds)),
    unit: 'ms',
    alternative: 'the limit',
    atLeast: 1,
    remark: `node alone: ${quantile(Array.from({ length: 8 }, wallMs(['--eval', ''])), 0.5).toFixed(0)} ms`,
  });
}

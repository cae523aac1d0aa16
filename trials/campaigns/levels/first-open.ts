import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPaymentOrders } from '../../../src/open.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import type { Request } from '../rival.ts';
import { openArena, type Arena } from '../rivals.ts';

const name = 'first-open';
const crowd = 16;
const roundsAtScale1 = 20;

/** Many real processes that are the first to open one file, all at once. */
export const firstOpen: Level = {
  name,
  promise: 'A file that is new to many processes at once opens for each of them.',
  async run({ scale, seed, progress }) {
    const arena = await openArena(crowd);
    const rounds = Math.ceil(roundsAtScale1 * scale);
    const violations: string[] = [];
    let opened = 0;
    for (let round = 0; round < rounds; round += 1) {
      const told = await openAtOnce(arena, round);
      opened += told.opened;
      violations.push(...told.violations);
      progress(round + 1, rounds);
    }
    const died = await arena.close();
    if (died > 0) violations.push(`crash ${died} processes`);
    return {
      counts: { rounds, opened, failed: rounds * crowd - opened, 'processes died': died },
      seen: { opened },
      failures: violations.map<Failure>((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro: reproOf(name, { scale, seed }),
        what,
      })),
    };
  },
};

/** Every second round the first are through, and close, while the last still open. */
async function openAtOnce({ directory, rivals }: Arena, round: number) {
  const path = join(directory, `new-${round}.db`);
  const all = (...steps: Request['steps']) =>
    Promise.all(rivals.map((rival, index) => rival.ask({ steps, path, orderNo: `N${index}` })));
  const answers =
    round % 2 === 0 ? await all('open', 'create', 'close') : await all('open', 'create');
  if (round % 2 !== 0) await all('close');
  const violations: string[] = [];
  const orders = await openPaymentOrders({ store: `sqlite:${path}`, readOnly: true });
  for (const [index, answer] of answers.entries()) {
    if (!answer.ok || answer.receipt === null) {
      violations.push(`answer ${path}: ${answer.ok ? 'none' : answer.what}`);
      continue;
    }
    const { revision, hash } = answer.receipt;
    const { faults } = await orders.verify(`N${index}`, { revision, hash });
    for (const { code, message } of faults) violations.push(`I1 N${index} ${code}: ${message}`);
  }
  for (const found of await orders.checkStore()) violations.push(`I10 ${found}`);
  await orders.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return { violations, opened: answers.filter(({ ok }) => ok).length };
}

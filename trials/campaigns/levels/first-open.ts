import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPaymentOrders } from '../../../src/open.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import type { Request } from '../rival.ts';
import { startRivals, type RivalGroup } from '../rivals.ts';

const name = 'first-open';
const size = 16;
const roundsAtScale1 = 20;

/** Many real processes open one new file at once. */
export const firstOpen: Level = {
  name,
  promise: 'A new file that many processes open at once opens for each of them.',
  async run({ scale, seed, progress }) {
    const group = await startRivals(size);
    const rounds = Math.ceil(roundsAtScale1 * scale);
    const violations: string[] = [];
    let opened = 0;
    for (let round = 0; round < rounds; round += 1) {
      const result = await openAtOnce(group, round);
      opened += result.opened;
      violations.push(...result.violations);
      progress(round + 1, rounds);
    }
    const died = await group.close();
    if (died > 0) violations.push(`crash ${died} processes`);
    return {
      counts: { rounds, opened, failed: rounds * size - opened, 'processes died': died },
      seen: { opened },
      failures: violations.map<Failure>((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro: reproOf(name, { scale, seed }),
        what,
      })),
    };
  },
};

/** In every second round, the first processes close while the last ones still open. */
async function openAtOnce({ directory, rivals }: RivalGroup, round: number) {
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

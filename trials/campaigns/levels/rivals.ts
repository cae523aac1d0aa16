import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPaymentOrders } from '../../../src/open.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import type { Answer, Request } from '../rival.ts';
import { cancelByTwoMerchants, creators } from '../merchants.ts';
import { startRivals, type RivalGroup } from '../rivals.ts';

const name = 'rivals';
const groupSizes = [2, 4, 8];
const roundsAtScale1 = 60;
/** Rounds in which processes of two merchants, with different keys, share the file. */
const merchantRoundsAtScale1 = 60;
/** Whether rivals send separate commands, one command with one id, or commands that name an actor. */
const identities = ['strangers', 'one command', 'actors'] as const;

/** Real processes that cancel one order at once, on a fresh file each round. */
export const rivals: Level = {
  name,
  promise:
    'Processes that cancel one order at once make one call, with the keys of its merchant, and each ' +
    'gets its answer.',
  async run({ scale, seed, progress }) {
    const group = await startRivals(Math.max(...groupSizes));
    const rounds = Math.ceil(roundsAtScale1 * scale);
    const counts = { rounds: 0, calls: 0, accepted: 0, duplicate: 0 };
    const violations: string[] = [];
    for (const size of groupSizes) {
      for (let round = 0; round < rounds; round += 1) {
        const result = await cancelAtOnce(group, size, round);
        violations.push(...result.violations);
        counts.rounds += 1;
        counts.calls += result.calls;
        counts.accepted += result.kinds.filter((kind) => kind === 'accepted').length;
        counts.duplicate += result.kinds.filter((kind) => kind === 'duplicate').length;
        progress(counts.rounds, rounds * groupSizes.length);
      }
    }
    const other = await startRivals(Math.max(...groupSizes) / 2, 'OTHERMERCHANT001');
    const merchantRounds = Math.ceil(merchantRoundsAtScale1 * scale);
    let refused = 0;
    for (let round = 0; round < merchantRounds; round += 1) {
      const creator = creators[round % creators.length] ?? 'nobody';
      const result = await cancelByTwoMerchants([group, other], creator, round);
      violations.push(...result.violations);
      refused += result.refused;
      progress(round + 1, merchantRounds);
    }
    const died = (await group.close()) + (await other.close());
    if (died > 0) violations.push(`crash ${died} processes`);
    const repro = reproOf(name, { scale, seed });
    return {
      counts: { ...counts, 'rounds of two merchants': merchantRounds, 'processes died': died },
      seen: {
        'one won': counts.accepted,
        'others came too late': counts.duplicate,
        "another merchant's order was left alone": refused,
      },
      failures: violations.map<Failure>((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro,
        what,
      })),
    };
  },
};

async function cancelAtOnce(group: RivalGroup, size: number, round: number) {
  const orderNo = `R${size}x${round}`;
  const path = join(group.directory, `${orderNo}.db`);
  const mine = await openPaymentOrders({ store: `sqlite:${path}` });
  await mine.create({ orderNo, processBillNo: 'F1' });
  await mine.close();
  const identity = identities[round % identities.length] ?? 'strangers';
  // In some rounds the answer takes so long that all others come while the call is in flight.
  if (round % 4 === 0) group.sandbox.set(orderNo, { faults: ['delay:100'] });
  const request = (steps: Request['steps'], rival: number): Request => ({
    steps,
    path,
    orderNo,
    ...(identity === 'one command' ? { commandId: 'c-1' } : {}),
    ...(identity === 'actors' ? { actor: { kind: 'customer', id: `u-${rival}` } } : {}),
  });
  const contestants = group.rivals.slice(0, size);
  const all = (...steps: Request['steps']) =>
    Promise.all(contestants.map((rival, index) => rival.ask(request(steps, index))));
  const openings = round % 2 === 0 ? await all('open') : [];
  const answers = await all(...(round % 2 === 0 ? [] : ['open' as const]), 'cancel');
  const violations = await judged(group, path, orderNo, answers);
  const closings = await all('close');
  for (const answer of [...openings, ...closings]) {
    if (!answer.ok) violations.push(`answer ${orderNo}: ${answer.what}`);
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  const kinds = answers.map((answer) => (answer.ok ? (answer.receipt?.kind ?? '') : 'error'));
  return { violations, kinds, calls: group.calls(orderNo) };
}

async function judged(
  group: RivalGroup,
  path: string,
  orderNo: string,
  answers: readonly Answer[],
) {
  const violations: string[] = [];
  const calls = group.calls(orderNo);
  if (calls !== 1) violations.push(`I6 ${orderNo}: ${calls} calls`);
  const orders = await openPaymentOrders({ store: `sqlite:${path}`, readOnly: true });
  const order = await orders.get(orderNo);
  if (order?.state !== 'cancelled') violations.push(`I8 ${orderNo} is ${order?.state ?? 'gone'}`);
  let accepted = 0;
  for (const answer of answers) {
    if (!answer.ok || answer.receipt === null) {
      violations.push(`answer ${orderNo}: ${answer.ok ? 'none' : answer.what}`);
      continue;
    }
    const { kind, revision, hash } = answer.receipt;
    if (kind === 'accepted') accepted += 1;
    else if (kind !== 'duplicate') violations.push(`answer ${orderNo}: ${kind}`);
    const { faults } = await orders.verify(orderNo, { revision, hash });
    for (const { code, message } of faults) violations.push(`I1 ${orderNo} ${code}: ${message}`);
  }
  if (accepted !== 1) violations.push(`I9 ${orderNo}: ${accepted} accepted`);
  await orders.close();
  return violations;
}

import type { FaultName } from '../simulation/faults.ts';
import type { Plan } from '../simulation/plan.ts';
import { planOf } from '../simulation/plan.ts';
import { randomStreams } from '../simulation/random.ts';
import type { SentNotice } from './notices.ts';
import { drawnNotices } from './notices.ts';

/** Something that happens from outside. */
export type InboxStep =
  | { readonly atMs: number; readonly act: 'create'; readonly orderNo: string }
  | {
      readonly atMs: number;
      readonly act: 'send';
      readonly notice: SentNotice;
      readonly by: 'channel' | 'stranger';
    }
  | { readonly atMs: number; readonly act: 'care'; readonly notice: SentNotice }
  | { readonly atMs: number; readonly act: 'restart'; readonly process: number };

/** What can go wrong here: the store and the way to it, and processes. */
const faultsOfInbox: ReadonlySet<FaultName> = new Set([
  'lostRequest',
  'lostAck',
  'delayedApply',
  'storeOutage',
  'staleRead',
  'slowStore',
  'droppedSubscription',
  'duplicateFacts',
  'crash',
  'restart',
]);

const processesMax = 3;

export function inboxPlanOf(seed: number, given: Partial<Plan> = {}): Plan {
  const drawn = planOf(seed);
  const workers = Math.min(processesMax, drawn.workers);
  const faults = drawn.faults.filter((fault) => faultsOfInbox.has(fault));
  const isHere = ({ process, what }: Plan['strikes'][number]) =>
    what === 'crash' && process < workers && faults.includes('crash');
  return { ...drawn, workers, faults, strikes: drawn.strikes.filter(isHere), ...given };
}

/** An order may be created long after its notices came, or never. */
export function inboxSteps(plan: Plan): readonly InboxStep[] {
  const random = randomStreams(plan.seed);
  const orders = Array.from({ length: plan.orders }, (_, index) => `O${index + 1}`);
  const steps: InboxStep[] = [];
  const births = random('births');
  for (const orderNo of orders) {
    const atMs = births.between(0, births.pick([100, 3_000, 60_000]));
    if (!births.chance(0.1)) steps.push({ atMs, act: 'create', orderNo });
  }
  const draws = random('notices');
  for (const notice of drawnNotices(draws, orders)) {
    const atMs = draws.between(0, draws.pick([100, 3_000, 60_000]));
    const isStrange = ['strangerFirst', 'unvouched'].includes(notice.kind);
    if (isStrange) steps.push({ atMs, act: 'send', notice, by: 'stranger' });
    if (notice.kind !== 'unvouched') {
      const laterMs = isStrange ? draws.between(0, draws.pick([10, 5_000])) : 0;
      steps.push({ atMs: atMs + laterMs, act: 'send', notice, by: 'channel' });
    }
    if (plan.faults.includes('duplicateFacts') && draws.chance(0.5)) {
      const by = notice.kind === 'unvouched' ? 'stranger' : 'channel';
      steps.push({ atMs: atMs + draws.between(0, 5_000), act: 'send', notice, by });
    }
    if (notice.care === null) continue;
    steps.push({ atMs: atMs + draws.between(500, 40_000), act: 'care', notice });
  }
  if (plan.faults.includes('restart')) {
    const restarts = random('restarts');
    const process = restarts.between(0, plan.workers - 1);
    steps.push({ atMs: restarts.between(10, 30_000), act: 'restart', process });
  }
  return steps.toSorted((one, other) => one.atMs - other.atMs);
}

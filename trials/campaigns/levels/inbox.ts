import { simulateInbox } from '../../inbox/inbox-run.ts';
import type { InboxOutcome } from '../../inbox/inbox-run.ts';
import { inboxPlanOf } from '../../inbox/plan.ts';
import type { InboxScenario } from '../../inbox/scenarios.ts';
import { inboxScenarios, meetings, playInbox } from '../../inbox/scenarios.ts';
import type { Strike } from '../../simulation/plan.ts';
import type { Failure, Level } from '../level.ts';

/** One seed in so many is run twice, and must leave the same trace. */
const twiceEvery = 20;

/** What a campaign must have met, or it has proved nothing about it. */
const mustSee = [
  ...['lostRequest', 'lostAck', 'delayedApply', 'storeOutage', 'staleRead'].map(
    (f) => `fault ${f}`,
  ),
  ...['slowStore', 'droppedSubscription', 'crash', 'restart'].map((fault) => `fault ${fault}`),
  ...['applied', 'waiting', 'held'].map((status) => `receipt accepted ${status}`),
  ...['applied', 'waiting', 'held'].map((status) => `receipt duplicate ${status}`),
  ...['unreadable', 'unvouched', 'forged'].map((code) => `standing held ${code}`),
  ...['applied', 'waiting'].map((status) => `standing ${status}`),
  'an operator vouches',
  'an operator discards',
  'died before it answered',
];

/** Senders who repeat, strangers, operators and crashes around the inbox, in virtual time. */
export const inbox: Level = {
  name: 'inbox',
  promise:
    'An acknowledged notice is in the store, and is applied once, waits or is shown as held; what ' +
    'nobody vouches for changes no order (I18).',
  async run({ scale, seed, progress }) {
    const seeds = Math.round(3_000 * scale);
    const seen = new Map<string, number>(mustSee.map((what) => [what, 0]));
    const failures: Failure[] = [];
    const counts = {
      seeds,
      notices: 0,
      applied: 0,
      meetings: meetings.length,
      single: 0,
      pairs: 0,
    };
    const judged = (outcome: InboxOutcome, repro: string) => {
      for (const [what, times] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + times);
      counts.notices += outcome.notices;
      counts.applied += outcome.applied;
      const [first] = outcome.violations;
      if (first !== undefined) failures.push({ ...first, repro });
    };
    for (let index = 0; index < seeds && failures.length < 3; index += 1) {
      progress(index, seeds);
      const plan = inboxPlanOf(seed + index);
      const repro = `npm run inbox -- --seed ${plan.seed}`;
      const outcome = await simulateInbox(plan);
      judged(outcome, repro);
      if (index % twiceEvery !== 0) continue;
      const again = await simulateInbox(plan);
      if (again.traceHash === outcome.traceHash) continue;
      failures.push({ invariant: 'determinism', repro, what: 'two runs left two traces' });
    }
    for (const meeting of meetings) {
      judged(await playInbox(meeting, []), `npm run inbox -- --scenario '${meeting.name}'`);
    }
    for (const scenario of inboxScenarios) {
      const { single, pairs } = await crashEverywhere(scenario, judged, () => failures.length < 3);
      counts.single += single;
      counts.pairs += pairs;
    }
    return { counts, seen: Object.fromEntries(seen), failures };
  },
};

/** A crash at every await point, and then at every later one. */
async function crashEverywhere(
  scenario: InboxScenario,
  judged: (outcome: InboxOutcome, repro: string) => void,
  goesOn: () => boolean,
): Promise<{ readonly single: number; readonly pairs: number }> {
  const played = async (strikes: readonly Strike[]): Promise<InboxOutcome> => {
    const outcome = await playInbox(scenario, strikes);
    const places = strikes.map(({ process, point }) => `${process}@${point}`).join();
    judged(outcome, `npm run inbox -- --scenario '${scenario.name}' --crash '${places}'`);
    return outcome;
  };
  let [single, pairs] = [0, 0];
  for (const first of crashesOf(await played([]))) {
    const once = await played([first]);
    single += 1;
    for (const second of crashesOf(once)) {
      if (!goesOn()) return { single, pairs };
      const isLater = second.process === first.process && second.point > first.point;
      if (!isLater) continue;
      await played([first, second]);
      pairs += 1;
    }
  }
  return { single, pairs };
}

/** So many await points of a process are tried: later ones only wait for what is long settled. */
const pointsMax = 40;

function crashesOf({ points }: InboxOutcome): readonly Strike[] {
  return points.flatMap((count, process) =>
    Array.from({ length: Math.min(count, pointsMax) }, (_, index) => ({
      process,
      point: index + 1,
      what: 'crash' as const,
    })),
  );
}

import type { Act } from './act.ts';
import { nameOfAct } from './act.ts';
import type { Model, Step } from './explorer.ts';
import { explore } from './explorer.ts';
import { cancelProtocol } from './protocol.ts';
import { situationsOf } from './situations.ts';
import type { State, Worker } from './state.ts';

export type Path = readonly Step<State, Act>[];

const room = { workers: 2, attemptsMax: 2, faultsMax: 2, bug: null } as const;
/** Random ways go further than the shortest ones do. */
const wideRoom = { ...room, attemptsMax: 3, faultsMax: 6, retracts: true } as const;
const askedRooms = [
  { ...room, asks: 1 },
  { ...room, workers: 1, faultsMax: 1, asks: 0 },
] as const;
const wideAskedRoom = { ...room, attemptsMax: 3, faultsMax: 6, asks: 2 } as const;

const statesMax = 60_000;
const statesAskedMax = 20_000;
const stepsMax = 45;

/**
 * Ways through the model, drawn by `random`: the shortest ones to states that differ in what their
 * last step was, and where the order and the workers stand; for the rest, ways taken at random.
 */
export function drawPaths(count: number, random: () => number): readonly Path[] {
  const { bySight, byLooks } = shortestPaths();
  const looking = shuffled(byLooks, random).slice(0, Math.ceil(count * 0.4));
  const shortest = [...bySight, ...looking].slice(0, count);
  const [plain, asked] = [cancelProtocol(wideRoom), cancelProtocol(wideAskedRoom)];
  const wandering = Array.from({ length: count - shortest.length }, (_, index) =>
    wander(index % 2 === 0 ? plain : asked, random),
  );
  return [...shortest, ...wandering];
}

/** One way to everything that must be seen, and one to every look of the order and its workers. */
function shortestPaths(): { readonly bySight: readonly Path[]; readonly byLooks: readonly Path[] } {
  const bySight = new Map<string, Path>();
  const byLooks = new Map<string, () => Path>();
  for (const settings of [room, ...askedRooms]) {
    const whole = cancelProtocol(settings);
    const model: Model<State, Act> = {
      ...whole,
      steps: (state) => whole.steps(state).filter(({ act }) => isTimely(state, act)),
    };
    explore(model, {
      statesMax: 'asks' in settings ? statesAskedMax : statesMax,
      onStep: (act, from, to, path) => {
        const looks = [nameOfAct(act), to.order.state, ...to.workers.map(phase).toSorted()].join();
        const situations = situationsOf(act, from, to).filter((name) => !bySight.has(name));
        if (situations.length === 0 && byLooks.has(looks)) return;
        const acts = path();
        const way = retrace(model, acts);
        for (const situation of situations) bySight.set(situation, way);
        if (!byLooks.has(looks)) byLooks.set(looks, () => retrace(model, acts));
      },
    });
  }
  return {
    bySight: [...new Set(bySight.values())],
    byLooks: [...byLooks.values()].map((retraced) => retraced()),
  };
}

function phase({ task, batch, call, question }: Worker): string {
  const asks = question === null ? '' : 'asks';
  return `${task?.kind ?? ''} ${batch === null ? '' : batch.tries} ${call?.at ?? ''} ${asks}`;
}

/** The same way again, with the states it goes through. */
export function retrace(model: Model<State, Act>, acts: readonly Act[]): Path {
  const path: Step<State, Act>[] = [];
  let state = model.initial;
  for (const act of acts) {
    const wanted = JSON.stringify(act);
    const step = model.steps(state).find((other) => JSON.stringify(other.act) === wanted);
    if (step === undefined) throw new Error(`the model does not go this way twice: ${wanted}`);
    path.push(step);
    state = step.to;
  }
  return path;
}

function wander(model: Model<State, Act>, random: () => number): Path {
  const path: Step<State, Act>[] = [];
  let state = model.initial;
  while (path.length < stepsMax) {
    const from = state;
    const steps = model.steps(state).filter((step) => isTimely(from, step.act));
    const step = drawn(steps, random);
    if (step === undefined) break;
    path.push(step);
    state = step.to;
  }
  return path;
}

/** What keeps a cancel going is likelier than what ends it. */
function weightOf({ kind }: Act): number {
  if (kind === 'crash' || kind === 'payer-pays') return 0.2;
  return kind === 'time-passes' || kind === 'request-lost' ? 0.5 : 2;
}

function drawn<T extends { readonly act: Act }>(steps: readonly T[], random: () => number) {
  let left = random() * steps.reduce((sum, { act }) => sum + weightOf(act), 0);
  return steps.find(({ act }) => (left -= weightOf(act)) < 0);
}

/**
 * The model lets a process stand still with an attempt in its hands until the deadline; the real
 * one does not stand still, its own timer gives the attempt up.
 */
function isTimely(from: State, act: Act): boolean {
  if (act.kind !== 'time-passes') return true;
  return !from.workers.some(
    ({ call }) => call !== null && call.age > 0 && (call.at === 'ready' || call.at === 'doubtful'),
  );
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

import type { Act } from './act.ts';
import { nameOfAct } from './act.ts';
import type { Model, Step } from './explorer.ts';
import { explore } from './explorer.ts';
import { cancelProtocol } from './protocol.ts';
import type { State, Worker } from './state.ts';

export type Path = readonly Step<State, Act>[];

const room = { workers: 2, attemptsMax: 2, faultsMax: 2, bug: null } as const;
/** Random ways go further than the shortest ones do. */
const wideRoom = { ...room, attemptsMax: 3, faultsMax: 6 } as const;

const statesMax = 60_000;
const stepsMax = 45;

/**
 * Ways through the model, drawn by `random`: the shortest ones to states that differ in what their
 * last step was, and where the order and the workers stand; for the rest, ways taken at random.
 */
export function drawPaths(count: number, random: () => number): readonly Path[] {
  const shortest = shuffled(shortestPaths(), random).slice(0, Math.ceil(count * 0.6));
  const model = cancelProtocol(wideRoom);
  const wandering = Array.from({ length: count - shortest.length }, () => wander(model, random));
  return [...shortest, ...wandering];
}

function shortestPaths(): readonly Path[] {
  const model = cancelProtocol(room);
  const byLooks = new Map<string, readonly Act[]>();
  explore(model, {
    statesMax,
    onState: (state, path) => {
      const acts = path();
      const last = acts.at(-1);
      if (last === undefined) return;
      const looks = [nameOfAct(last), state.order.state, ...state.workers.map(phase).toSorted()];
      const key = looks.join('|');
      if (byLooks.has(key) || !isReplayable(retrace(model, acts))) return;
      byLooks.set(key, acts);
    },
  });
  return [...byLooks.values()].map((acts) => retrace(model, acts));
}

function phase({ task, batch, call }: Worker): string {
  return `${task?.kind ?? ''} ${batch === null ? '' : batch.tries} ${call?.at ?? ''}`;
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
    const steps = model.steps(state).filter((step) => isTimely(from, step.act, path));
    // Kinds first, so that one of many appends is not likelier than the one crash.
    const kinds = [...new Set(steps.map(({ act }) => act.kind))];
    const kind = kinds[Math.floor(random() * kinds.length)];
    const alike = steps.filter(({ act }) => act.kind === kind);
    const step = alike[Math.floor(random() * alike.length)];
    if (step === undefined) break;
    path.push(step);
    state = step.to;
  }
  return path;
}

function isReplayable(path: Path): boolean {
  return path.every(({ act }, index) => {
    const from = path[index - 1]?.to;
    return from === undefined || isTimely(from, act, path.slice(0, index));
  });
}

const ticksMax = 6;

/**
 * The model lets a process stand still with an attempt in its hands until the deadline; the real
 * one does not stand still, its own timer gives the attempt up.
 */
function isTimely(from: State, act: Act, before: Path): boolean {
  if (act.kind !== 'time-passes') return true;
  if (before.filter((step) => step.act.kind === 'time-passes').length >= ticksMax) return false;
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

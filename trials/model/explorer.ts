/** What may happen in a state, and where it leads. */
export type Step<S, A> = { readonly act: A; readonly to: S };

export type Model<S, A> = {
  readonly initial: S;
  steps(state: S): readonly Step<S, A>[];
  /** What the state breaks, by name; empty when every promise holds. */
  violations(state: S): readonly string[];
  /** Equal for states that differ in names alone. */
  canonical(state: S): string;
};

export type Counterexample<A> = {
  readonly violations: readonly string[];
  /** The shortest way there: no way with fewer steps breaks anything. */
  readonly path: readonly A[];
};

export type Exploration<A> = {
  readonly states: number;
  readonly steps: number;
  /** The most steps that any state is away from the first one. */
  readonly depth: number;
  /** False when it stopped at `statesMax` or at a counterexample. */
  readonly complete: boolean;
  readonly counterexample: Counterexample<A> | null;
};

export type Watching<S, A> = {
  readonly statesMax?: number;
  /**
   * Called for every step once, whether it leads to a new state or not; `path` gives a shortest way
   * to where it began, and then the step.
   */
  readonly onStep?: (act: A, from: S, to: S, path: () => readonly A[]) => void;
};

/** Breadth first: whatever is found, is found by the shortest way. */
export function explore<S, A>(model: Model<S, A>, watching: Watching<S, A> = {}): Exploration<A> {
  const { statesMax = Infinity, onStep } = watching;
  const seen = new Set<string>([model.canonical(model.initial)]);
  /** How each state was reached: from which one, and by what. */
  const parents: number[] = [-1];
  const acts: (A | null)[] = [null];
  const pathTo = (node: number): readonly A[] => {
    const path: A[] = [];
    for (let at = node; at >= 0; at = parents[at] ?? -1) {
      const act = acts[at];
      if (act !== null && act !== undefined) path.push(act);
    }
    return path.reverse();
  };
  let level: { readonly node: number; readonly state: S }[] = [{ node: 0, state: model.initial }];
  let depth = 0;
  let steps = 0;
  const resultOf = (complete: boolean, counterexample: Counterexample<A> | null) => ({
    states: parents.length,
    steps,
    depth,
    complete,
    counterexample,
  });
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { node, state } of level) {
      for (const { act, to } of model.steps(state)) {
        steps += 1;
        onStep?.(act, state, to, () => [...pathTo(node), act]);
        const key = model.canonical(to);
        if (seen.has(key)) continue;
        seen.add(key);
        const reached = parents.length;
        parents.push(node);
        acts.push(act);
        const violations = model.violations(to);
        if (violations.length > 0) {
          depth += 1;
          return resultOf(false, { violations, path: pathTo(reached) });
        }
        if (parents.length >= statesMax) return resultOf(false, null);
        next.push({ node: reached, state: to });
      }
    }
    if (next.length > 0) depth += 1;
    level = next;
  }
  return resultOf(true, null);
}

import type { Bug, Detector } from './bugs.ts';

/** The law that users run, on the shipped machine. */
const law: Detector = { by: 'tests', files: 'test/testing/law-of-compiling.test.ts' };
/** Random machines hold what the shipped one does not. */
const machines: Detector = { by: 'tests', files: 'trials/compiling/compiling.test.ts' };

/** What a compiled machine could do otherwise than XState does. */
export const bugsOfCompiling: readonly Bug[] = [
  {
    name: 'a guard is left out of the table',
    file: 'src/interpreter/table.ts',
    from: 'passes: guard === undefined || guard === null ? null : this.#guardOf(guard, transition),',
    to: 'passes: guard === undefined || guard === null ? null : () => true,',
    detector: law,
  },
  {
    name: 'a state is asked after those around it',
    file: 'src/interpreter/table.ts',
    from: 'for (const node of lineOf(leaf).toReversed()) {',
    to: 'for (const node of lineOf(leaf)) {',
    detector: law,
  },
  {
    name: 'a state is left without its actions',
    file: 'src/interpreter/table.ts',
    from: '      ...exit.map((action) => this.#operations.ofAction(action)),\n',
    to: '',
    detector: law,
  },
  {
    name: 'a call outlives its state',
    file: 'src/interpreter/table.ts',
    from: '      ...invoke.map(({ id }) => this.#operations.stopping(id)),\n',
    to: '',
    detector: law,
  },
  {
    name: 'a state is entered before its transition acts',
    file: 'src/interpreter/table.ts',
    from:
      '        ...actions.map((action) => this.#operations.ofAction(action)),\n' +
      '        ...entered.flatMap((node) => this.#entering(node, byDefault.has(node))),\n',
    to:
      '        ...entered.flatMap((node) => this.#entering(node, byDefault.has(node))),\n' +
      '        ...actions.map((action) => this.#operations.ofAction(action)),\n',
    detector: law,
  },
  {
    name: 'the initial transition of a state acts whenever the state is entered',
    file: 'src/interpreter/table.ts',
    from: '...(isDefault ? initial.actions',
    to: '...(isDefault || true ? initial.actions',
    detector: machines,
  },
  {
    name: 'a transition enters nothing again',
    file: 'src/interpreter/table.ts',
    from: 'if (!reenter && (target === source || isInside(target, source))) return source;',
    to: 'if (target === source || isInside(target, source)) return source;',
    detector: machines,
  },
  {
    name: 'a state has its own tags only',
    file: 'src/interpreter/table.ts',
    from: 'tags: new Set(lineOf(node).flatMap(({ tags }) => tags)),',
    to: 'tags: new Set(node.tags),',
    detector: machines,
  },
  {
    name: 'a guard is asked without its parameters',
    file: 'src/interpreter/table.ts',
    from: 'predicate(asked, paramsFor(asked))',
    to: 'predicate(asked, Object(paramsFor(undefined as never)))',
    detector: machines,
  },
  {
    name: 'an assignment forgets the fields that it does not name',
    file: 'src/interpreter/operations.ts',
    from: 'isFields(context) && isPlain(update) && isWhole(context, update)',
    to: 'isFields(context) && isPlain(update)',
    detector: machines,
  },
  {
    name: 'a timer counts from the beginning of time',
    file: 'src/interpreter/operations.ts',
    from: 'dueAtMs: cause.recordedAtMs + wait',
    to: 'dueAtMs: wait',
    detector: law,
  },
  {
    name: 'a timer raises the last of its events',
    file: 'src/interpreter/operations.ts',
    from: 'run.raised ??= event;',
    to: 'run.raised = event;',
    detector: machines,
  },
  {
    name: 'events are taken before those that were raised earlier',
    file: 'src/interpreter/interpreter.ts',
    from: 'run.queue.shift()',
    to: 'run.queue.pop()',
    detector: machines,
  },
  {
    name: 'no transient state is looked for after a raised event',
    file: 'src/interpreter/interpreter.ts',
    from: '      looksForTransient = true;\n      const candidate',
    to: '      const candidate',
    detector: machines,
  },
  {
    name: 'a transient transition that changes the context alone is taken once',
    file: 'src/interpreter/interpreter.ts',
    from: 'run.changes !== before || transient.to !== leaf',
    to: 'transient.to !== leaf',
    detector: machines,
  },
];

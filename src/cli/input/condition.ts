import type { RecordedStep } from '../../index.ts';
import { isInDoubt } from '../../timeline/attempts.ts';
import { UsageError } from './arguments.ts';

type Condition = (step: RecordedStep) => boolean;

const flags: Readonly<Record<string, Condition>> = {
  started: ({ known }) => known.started,
  paid: ({ known }) => known.paid,
  failed: ({ known }) => known.failed,
  closed: ({ known }) => known.closed,
  'in-doubt': ({ known, to }) => isInDoubt(known, to),
  anomaly: ({ known }) => known.anomalies.some(({ acknowledged }) => !acknowledged),
};

const comparisons: Readonly<Record<string, (value: string) => Condition>> = {
  /** A state, or one inside it. */
  state:
    (value) =>
    ({ to }) =>
      to === value || to.startsWith(`${value}.`),
  type:
    (value) =>
    ({ type }) =>
      type === value,
  anomaly:
    (value) =>
    ({ known }) =>
      known.anomalies.some(({ code }) => code === value),
  attempts:
    (value) =>
    ({ known }) =>
      known.answers.length === Number(value),
};

/**
 * `state=cancelling.inDoubt`, `state!=paid`, `type=T`, `anomaly=CODE`, `attempts=N`, or a flag by
 * its name. `!` negates a flag; conditions joined by commas must all hold.
 */
export function conditionFrom(text: string): Condition {
  const parts = text.split(',').map((part) => one(part.trim()));
  return (step) => parts.every((holds) => holds(step));
}

function one(text: string): Condition {
  const [, not, name = '', operator, value = ''] =
    /^(!?)([a-z-]+)(?:(!?=)([A-Za-z0-9_.-]+))?$/.exec(text) ?? [];
  const table = operator === undefined ? flags : comparisons;
  const isKnown = Object.hasOwn(table, name);
  if (!isKnown || (not === '!' && operator !== undefined)) throw unknown();
  const condition = operator === undefined ? flags[name] : comparisons[name]?.(value);
  if (condition === undefined) throw unknown();
  const isOpposite = not === '!' || operator === '!=';
  return isOpposite ? (step) => !condition(step) : condition;
}

function unknown(): UsageError {
  const names = Object.keys(comparisons).map((name) => `${name}=VALUE`);
  return new UsageError(
    `--when must be one of ${[...names, ...Object.keys(flags)].join(', ')}; ` +
      '!= or a ! before a word negates, commas mean and',
  );
}

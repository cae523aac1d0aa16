import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { compact } from '../../src/compact.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { knownAlong } from '../../src/history/recorded-steps.ts';
import { answersOf } from '../../src/report/answers/answers.ts';
import type { Answers } from '../../src/report/answers/types.ts';
import { knownAtEnd } from '../../src/report/known-at-end.ts';
import { attemptsAlong } from '../../src/timeline/attempts.ts';
import { lifeProperty } from '../../src/testing/model-run.ts';
import { anyHistories, takenHistories } from './histories.ts';
import { oracleAnswers } from './oracle.ts';
import { countInto } from './seen.ts';
import type { Seen } from './seen.ts';
import { faultInTexts } from './texts.ts';

/** Lives of an order that its own code writes; histories that the machine takes; and any events. */
export const kinds = ['life', 'taken', 'any'] as const;
export type Kind = (typeof kinds)[number];

export type Draws = {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string | undefined;
  /** Of a life. */
  readonly replayPath?: string | undefined;
};

export type FindingsFailure = {
  readonly kind: Kind;
  readonly repro: string;
  readonly what: string;
};

/** Lives take longest, and say least that the others do not. */
const shares: Readonly<Record<Kind, number>> = { life: 0.025, taken: 0.475, any: 0.5 };

/** Each chunk has a seed of its own, so that a failure is found again without those before it. */
const chunkRuns = 500;

/** Compares both derivations over so many random histories of all kinds, until they differ. */
export async function tryAllFindings(
  { runs, seed }: Draws,
  seen: Seen,
  progress: (done: number) => void = () => undefined,
): Promise<FindingsFailure | null> {
  let done = 0;
  for (const kind of kinds) {
    let left = Math.ceil(runs * shares[kind]);
    for (let chunk = 0; left > 0; chunk += 1) {
      const size = Math.min(chunkRuns, left);
      const failure = await tryFindings(kind, { runs: size, seed: seed + chunk }, seen);
      if (failure !== null) return failure;
      left -= size;
      progress((done += size));
    }
  }
  return null;
}

/** Compares both derivations over random histories of one kind; null, or the shortest that differs. */
export async function tryFindings(
  kind: Kind,
  { runs, seed, path, replayPath }: Draws,
  seen: Seen,
): Promise<FindingsFailure | null> {
  // Texts take longest, so half of the seeds read them.
  const areTextsRead = seed % 2 === 0;
  const check = (events: readonly FoundEvent[]) => {
    const fault = faultIn(events, seen) ?? (areTextsRead ? faultInTexts(events) : null);
    if (fault !== null) throw new Error(`${fault} in\n${textOf(events)}`);
  };
  const parameters = compact({ numRuns: runs, seed, path });
  const property = {
    life: () =>
      lifeProperty({ commandsMax: 20, replayPath }, (_, stored) => {
        check(stored.events);
      }),
    taken: () => fc.property(takenHistories, check),
    any: () => fc.property(anyHistories, check),
  }[kind]();
  // One of them is asynchronous, and the others may be awaited too.
  const details = await fc.check<unknown[]>(property as fc.IRawProperty<unknown[]>, parameters);
  if (!details.failed) return null;
  const drawn = fc.stringify(details.counterexample);
  const [, replay] = /replayPath="([^"]*)"/.exec(drawn) ?? [];
  const where = `--seed ${details.seed} --path ${details.counterexamplePath ?? ''}`;
  const life = replay === undefined ? '' : ` --replay-path ${replay}`;
  return {
    kind,
    repro: `npm run findings -- --kind ${kind} ${where}${life}`,
    what: String(details.errorInstance),
  };
}

/** Where a report concludes something else than the oracle; null where it does not. */
export function faultIn(events: readonly FoundEvent[], seen: Seen): string | null {
  const expected = oracleAnswers(events);
  countInto(seen, events, expected);
  const steps = [...knownAlong(events)];
  return differenceBetween(answersOf(events, attemptsAlong(steps), knownAtEnd(steps)), expected);
}

/** An event on each line. */
export function textOf(events: readonly FoundEvent[]): string {
  return events
    .map(({ revision, type, data, metadata, withheld }) => {
      const { recordedAt, occurredAt, to } = metadata;
      const at = JSON.stringify(compact({ recordedAt, occurredAt, to, withheld }));
      return `${revision} ${type} ${JSON.stringify(data)} ${at}`;
    })
    .join('\n');
}

export function differenceBetween(found: Answers, expected: Answers): string | null {
  // Both are of one type, and so have the same names.
  for (const name of Object.keys(expected) as (keyof Answers)[]) {
    if (isDeepStrictEqual(found[name], expected[name])) continue;
    return `${name} are ${JSON.stringify(found[name])}, by the oracle ${JSON.stringify(expected[name])}`;
  }
  return null;
}

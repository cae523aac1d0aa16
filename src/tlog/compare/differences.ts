/**
 * Says of one order what was done to it. One alteration changes the hashes of all later events of the
 * order, and a removal changes their revisions too. So what follows from an earlier difference is
 * only counted.
 */

import { orderNoOf } from '../../history/event.ts';
import type { Mark, MarkKind } from './marks.ts';
import type { LogFault, LogFaultCode } from '../types.ts';

/**
 * What is to be said of one stream, from its marks.
 *
 * `hasUntouched`: whether any event of the stream is as the checkpoint covers it.
 */
export function faultsOf(
  marks: readonly Mark[],
  hasUntouched: (stream: string) => boolean,
): readonly LogFault[] {
  const of = (...kinds: readonly MarkKind[]) => marks.filter(({ kind }) => kinds.includes(kind));
  const causes = of('missing', 'inserted', 'exchanged', 'lost');
  // Only what came or went shifts later events. Those before it were exchanged among themselves.
  const permuted = of('shifted').filter(({ revision }) => revision < lowestOf(causes));
  causes.push(...permuted);
  const rewritten = rewrittenOf(of('replaced'), of('rechained'), lowestOf(causes));
  const named = causes.filter(({ kind }) => kind !== 'lost');
  const shifted = of('shifted').filter((mark) => !permuted.includes(mark));
  const following = countOf([...shifted, ...rewritten.following]);
  const first = named.find(({ revision }) => revision === lowestOf(named));
  const isAnyLeft = of('lost', 'shifted', 'replaced', 'rechained').length > 0;
  return [...named, ...rewritten.named, ...of('moved')].map((mark) => {
    const isGone = mark.kind === 'missing' && !isAnyLeft && !hasUntouched(mark.stream);
    const [code, problem] = problemOf(mark, isGone);
    const orderNo = orderNoOf(mark.stream);
    const count = mark.kind === 'replaced' ? mark.count - 1 : mark === first ? following : 0;
    const follow = count > 0 ? `; ${events(count)} after it changed with it` : '';
    const message = `order ${orderNo}: ${problem}${follow}`;
    return { code, orderNo, revision: mark.revision, index: mark.number, message };
  });
}

/** The events with another hash: as one rewriting, or as what follows from an earlier cause. */
function rewrittenOf(
  replaced: readonly Mark[],
  rechained: readonly Mark[],
  cause: number,
): { readonly named: readonly Mark[]; readonly following: readonly Mark[] } {
  const isCause = lowestOf(rechained) < Math.min(cause, lowestOf(replaced));
  const isAfter = lowestOf(rechained) > lowestOf(replaced);
  const all = isCause || isAfter ? [...rechained, ...replaced] : replaced;
  const first = all.find(({ revision }) => revision === lowestOf(all));
  return {
    named: first === undefined ? [] : [{ ...first, kind: 'replaced', count: countOf(all) }],
    following: all === replaced ? rechained : [],
  };
}

type Problem = readonly [code: LogFaultCode, problem: string];

function problemOf(mark: Mark, isGone: boolean): Problem {
  const { kind, number, numberThen, count } = mark;
  const now = `index ${number} of the log now`;
  const then = `index ${number} of the log at the checkpoint`;
  switch (kind) {
    case 'missing':
      return isGone
        ? ['order-missing', `it is gone with ${whole(count)} that the checkpoint covers (${then})`]
        : ['event-missing', `${subject(mark, then)} ${count === 1 ? 'is' : 'are'} missing`];
    case 'inserted':
      return ['event-inserted', `${subject(mark, now)} ${were(count)} inserted`];
    case 'replaced':
    case 'rechained':
      return ['event-rewritten', `${subject({ ...mark, count: 1 }, now)} was rewritten`];
    case 'moved': {
      const places = `${now}, ${numberThen} at the checkpoint`;
      return ['event-moved', `${subject(mark, places)} ${were(count)} moved among all orders`];
    }
    case 'exchanged':
    case 'shifted':
    case 'lost':
      return [
        'event-exchanged',
        `${subject(mark, now)} stood ${placeThen(mark)} at the checkpoint`,
      ];
  }
}

function subject({ revision, count }: Mark, place: string): string {
  return count === 1
    ? `the event with revision ${revision} (${place})`
    : `${count} events from revision ${revision} on (${place})`;
}

function placeThen({ kind, other, revisionThen, count }: Mark): string {
  const from = count === 1 ? `at revision ${revisionThen}` : `from revision ${revisionThen} on`;
  return kind === 'shifted' ? from : `in order ${orderNoOf(other)} ${from}`;
}

function whole(count: number): string {
  return count === 1 ? 'the 1 event' : `all ${count} events`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

function events(count: number): string {
  return count === 1 ? '1 event' : `${count} events`;
}

function lowestOf(marks: readonly Mark[]): number {
  return Math.min(...marks.map(({ revision }) => revision));
}

function countOf(marks: readonly Mark[]): number {
  return marks.reduce((sum, { count }) => sum + count, 0);
}

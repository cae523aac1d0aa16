import type { Doubt } from '../../src/report/answers/types.ts';
import type { History } from './oracle.ts';
import type { Read } from './reading.ts';

/** Each call that was in doubt after some event, with its first and its last moment. */
export function doubtsOf({ reads, atEnd }: History): readonly Doubt[] {
  return atEnd.answers.flatMap((_, index) => {
    const isUnknown = reads.map(({ known }) => known.answers[index] === 'unknown');
    const lasts = reads.map((read, at) => isUnknown[at] === true && !isSettled(read));
    const last = lasts.lastIndexOf(true);
    const from = reads[isUnknown.indexOf(true)]?.revision;
    if (last === -1 || from === undefined) return [];
    return [{ attempt: index + 1, from, until: reads[last + 1]?.revision ?? null }];
  });
}

/** Closed without it, or paid and nothing of that left to ask. */
function isSettled({ to, known }: Read): boolean {
  if (to === 'cancelled' || to === 'failed') return true;
  const isAsked = known.anomalies.some(
    ({ code, acknowledged, retracted }) =>
      code === 'cancel-unresolved' && !acknowledged && !retracted,
  );
  return to === 'paid' && !isAsked;
}

import type { Row } from './log.ts';

/** The revisions that do not count. The last retraction does, so they are read from the end. */
export function retractedIn(rows: readonly Row[]): ReadonlySet<number> {
  const retracted = new Set<number>();
  for (const { type, data, revision } of rows.toReversed()) {
    if (type === 'FactRetracted' && !retracted.has(revision)) {
      retracted.add(Number(data['revision']));
    }
  }
  return retracted;
}

const retractable =
  /^(Payment(Succeeded|Failed|Declined|Refunded)|ClosedAtGateway|CancelResolved|FactRetracted)$/;

/** What may be taken back, if it was not. */
export function isRetractable({ type }: Row): boolean {
  return retractable.test(type);
}

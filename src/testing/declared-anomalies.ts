import type { Anomaly, AnomalyCode, OrderFacts } from '../../machines/payment-order.facts.ts';

// The anomalies of the first table, written down a second time: see declared-known.ts.

/** Opens an anomaly for each code that is found, with the next numbers. */
export function flagged(
  known: OrderFacts,
  { revision }: { readonly revision: number },
  ...codes: readonly (AnomalyCode | false)[]
): OrderFacts {
  const found = codes.filter((code) => code !== false);
  return { ...known, anomalies: numbered(known.anomalies, revision, found) };
}

function numbered(
  before: readonly Anomaly[],
  revision: number,
  codes: readonly AnomalyCode[],
): readonly Anomaly[] {
  const next = before.length + 1;
  const added = codes.map((code, index) => ({
    ...{ number: next + index, code, revision, acknowledged: false, retracted: false },
  }));
  return [...before, ...added];
}

/** The anomalies after a retraction: `found` is what is contradictory without what was retracted. */
export function afterRetraction(
  before: readonly Anomaly[],
  found: readonly Anomaly[],
): readonly Anomaly[] {
  const name = ({ code, revision }: Anomaly) => `${code} of ${revision}`;
  const names = new Set(found.map(name));
  const kept = before.map((anomaly) => ({
    ...anomaly,
    retracted: anomaly.retracted || (!anomaly.acknowledged && !names.has(name(anomaly))),
  }));
  const standing = new Set(kept.filter(({ retracted }) => !retracted).map(name));
  const missing = found.filter((anomaly) => !standing.has(name(anomaly)));
  return missing.reduce<readonly Anomaly[]>(
    (all, { code, revision }) => numbered(all, revision, [code]),
    kept,
  );
}

/** One order's package, the log that holds its events, and proofs that somebody added to it. */

import type { DisputeEvent } from '../../src/dispute.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { textIn } from '../../src/history/event.ts';
import { strangeLog } from './log-of-strangers.ts';
import { aRealOrder } from './real-order.ts';
import { bytesOf, moduleVersion, packed } from './support.ts';

export const events = await aRealOrder();
export const last = events.length - 1;
export const hashesOf = (of: readonly DisputeEvent[]) =>
  of.map(({ metadata }) => textIn(metadata, 'hash') ?? '');
export const log = strangeLog(hashesOf(events));
export const [first = log.log, second = log.log] = log.witnesses;
export const file = (revision: number) => `revision-${revision}.tlog-proof`;

type Kept = Omit<Parameters<typeof verifyBundle>[1], 'moduleVersion'>;

export async function verify(
  files: ReadonlyMap<string, string>,
  kept: Kept = { trust: log.trust },
) {
  return await verifyBundle(bytesOf(files), { moduleVersion, ...kept });
}

/** A package to which somebody added the proofs later. */
export async function withProofs(proofs: Readonly<Record<string, string>>) {
  return new Map([...(await packed(events)), ...Object.entries(proofs)]);
}

export const codesOf = ({ faults }: Awaited<ReturnType<typeof verify>>) =>
  faults.map(({ file: of, code }) => `${of} ${code}`);

/**
 * Which accounts a store has orders of. Each is claimed in one short stream before an order first
 * records it, so one read tells whether a store is one account's own. Without it, only a walk through
 * all orders could.
 */

import { z } from 'zod';
import { gatewayName, printable } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import { PaymentOrderError } from '../errors.ts';
import { appendSettled } from '../event-store/append-settled.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { eventDigest } from '../history/chain.ts';
import { isDamage, readPastDamage } from '../history/read-past-damage.ts';
import type { Runtime } from '../runtime.ts';

/** What is claimed: a name alone, where a process without gateways knew no account. */
export type Claim = { readonly name: string; readonly appId?: string | undefined };

export const claimsStream = 'paymentOrderGateways';

/** More than a store has accounts that claim at the same time. */
const conflictsMax = 64;

const claimType = 'GatewayClaimed';

const claimSchema: z.ZodType<Claim> = z.strictObject({
  name: gatewayName,
  appId: printable.optional(),
});

type Claims = {
  /** Oldest first. An event that is not a claim is left out. */
  readonly claims: readonly Claim[];
  /** Of the newest event; null where there is none. */
  readonly revision: number | null;
};

/** All accounts that were claimed. */
export async function readClaims(store: Pick<EventStore, 'read'>): Promise<Claims> {
  const claims: Claim[] = [];
  let revision: number | null = null;
  for await (const event of store.read(claimsStream)) {
    ({ revision } = event);
    const claim = claimIn(event);
    if (claim !== null) claims.push(claim);
  }
  return { claims, revision };
}

/**
 * Claims an account, unless it is claimed. The append is the lock: of two rivals, one is first, and the
 * other one has read its claim.
 *
 * @returns all claims that stood when ours did, also those before it.
 * @throws {PaymentOrderError} `too-much-contention`
 */
export async function claim(
  store: EventStore,
  runtime: Runtime,
  { name, appId }: Claim,
): Promise<readonly Claim[]> {
  for (let conflicts = 0; conflicts < conflictsMax; conflicts += 1) {
    const { claims, revision } = await readClaims(store);
    if (claims.some((found) => found.name === name && found.appId === appId)) return claims;
    const event = { id: runtime.newId(), type: claimType, data: compact({ name, appId }) };
    const place = { stream: claimsStream, revision: (revision ?? -1) + 1 };
    const batch = [{ ...event, metadata: { digest: eventDigest({ ...event, ...place }) } }];
    const expected = revision ?? 'no-stream';
    const result = await appendSettled(store, runtime, claimsStream, batch, expected);
    if (result.kind === 'appended') return [...claims, { name, appId }];
  }
  throw new PaymentOrderError(
    'too-much-contention',
    `stream ${claimsStream}: the gateway could not be claimed, because other writers were first ` +
      `${conflictsMax} times in a row, or the store does not show what they wrote; nothing was ` +
      'stored: try again',
    { stream: claimsStream },
  );
}

/** A sentence for each event of the stream that is not what was written. */
export async function claimFaults(store: EventStore): Promise<readonly string[]> {
  const faults: string[] = [];
  try {
    await readPastDamage(store, claimsStream, {
      see: (event) => {
        const isWhole = claimIn(event) !== null && event.metadata['digest'] === eventDigest(event);
        if (isWhole) return;
        const place = `stream "${claimsStream}", revision ${event.revision}`;
        faults.push(`${place}: the claim of a gateway was altered`);
      },
      unreadable: ({ message }) => faults.push(message),
    });
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return faults;
}

function claimIn({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): Claim | null {
  return (type === claimType ? claimSchema.safeParse(data).data : undefined) ?? null;
}

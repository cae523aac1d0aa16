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
import { digest } from '../history/chain.ts';
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

/** All accounts that were claimed, oldest first. What is no claim is left out. */
export async function claimed(store: Pick<EventStore, 'read'>): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for await (const event of store.read(claimsStream)) {
    const claim = claimIn(event);
    if (claim !== null) claims.push(claim);
  }
  return claims;
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
    const claims: Claim[] = [];
    let revision = -1;
    for await (const event of store.read(claimsStream)) {
      revision = event.revision;
      const found = claimIn(event);
      if (found !== null) claims.push(found);
    }
    if (claims.some((found) => found.name === name && found.appId === appId)) return claims;
    const event = { id: runtime.newId(), type: claimType, data: compact({ name, appId }) };
    const metadata = { digest: digestOf({ ...event, revision: revision + 1 }) };
    const expected = revision === -1 ? 'no-stream' : revision;
    const batch = [{ ...event, metadata }];
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
        const isWhole = claimIn(event) !== null && event.metadata['digest'] === digestOf(event);
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

function digestOf({
  id,
  type,
  data,
  revision,
}: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'revision'>): string {
  return digest({ stream: claimsStream, revision, id, type, data });
}

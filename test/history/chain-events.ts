import { createHash } from 'node:crypto';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { inFormat1 } from './format-1.ts';

export const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
/** Draws '00', '01', '02' and so on, so that each salt is known and differs from the others. */
export const counting = (bytes: number) =>
  Array.from({ length: bytes / 16 }, (_, salt) => `0${salt}`.repeat(16)).join('');
export const saltOf = (number: number) => `0${number}`.repeat(16);
export const sealOf = (salt: number, value: string) =>
  sha256(`{"salt":"${saltOf(salt)}","value":${JSON.stringify(value)}}`);

const metadata = {
  ...{ recordedAt: '2026-11-23T02:02:03.004Z', actor: { kind: 'customer', id: 'u-7' } },
  ...{ source: 'shop', $correlationId: 'c', from: 'created', to: 'paying', schemaVersion: 1 },
  machine: { version: '1', hash: '0'.repeat(64) },
};
export const event = {
  ...{ stream: 'paymentOrder-O1', revision: 1, id: 'b1d1c9d5-0c0f-4c62-9a3c-2f0f4f7a1a11' },
  ...{ type: 'CancelRequested', data: { reason: '临时', attemptDeadlineMs: 30_000 }, metadata },
};

export function linked(given: Omit<FoundEvent, 'withheld'> = event): FoundEvent {
  return { ...given, metadata: { ...given.metadata, ...chainLink(given, counting, chainStart) } };
}

export function asFormat1(given: FoundEvent): FoundEvent {
  const [made] = inFormat1([given]);
  if (made === undefined) throw new Error('one event gives one');
  return made;
}

export function without(fields: FoundEvent['metadata'], name: string): FoundEvent['metadata'] {
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
}

/** As a parser would give it: a field of any name is one. */
export function withField(fields: FoundEvent['data'], more: object): FoundEvent['data'] {
  return Object.fromEntries([...Object.entries(fields), ...Object.entries(more)]);
}

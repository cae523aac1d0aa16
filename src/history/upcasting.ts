import { z } from 'zod';
import { identifier } from '../../machines/payment-order.events.ts';
import type { EventType } from '../../machines/payment-order.events.ts';

type Data = Readonly<Record<string, unknown>>;

/** What a schema version looked like, and what the next one makes of it. */
type Step = { readonly schema: z.ZodType<Data>; readonly upcast: (data: Data) => Data };

/**
 * The versions of each type that has changed, oldest first: the first step reads version 1 and
 * makes version 2 of it. A step is never altered once its version was released.
 */
const steps: { readonly [T in EventType]?: readonly Step[] } = {
  // 2 says why it was closed. Whoever recorded version 1 could not say it, and nothing is guessed.
  ClosedAtGateway: [
    {
      schema: z.strictObject({ factId: identifier.optional(), code: identifier.optional() }),
      upcast: (data) => ({ ...data, cause: 'unstated' }),
    },
  ],
};

/** The schema version in which events of a type are written today. */
export function currentSchemaVersion(type: EventType): number {
  return 1 + (steps[type]?.length ?? 0);
}

/**
 * Stored data of schema version `from` as today's schema has it. `parse` checks the data of every
 * version on the way by the schema that it was written with.
 */
export function upcast(
  type: EventType,
  from: number,
  data: unknown,
  parse: (schema: z.ZodType<Data>, data: unknown) => Data,
): unknown {
  const onTheWay = steps[type]?.slice(from - 1) ?? [];
  return onTheWay.reduce<unknown>((older, step) => step.upcast(parse(step.schema, older)), data);
}

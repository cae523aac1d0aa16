import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { compact } from '../../src/compact.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { decideCommand, streamLimits } from '../../src/order/decide.ts';
import type { Command, CommandAnswer } from '../../src/order/types.ts';
import { commands, orderAfter, validHistories } from '../../src/testing/index.ts';
import { drawnEventLists } from '../../src/testing/drawn-events.ts';
import { testedOrder } from '../../src/testing/tested-order.ts';
import type { TestedOrder } from '../../src/testing/tested-order.ts';

const commandId = 'c-1';

/** Any command, also one that creates an order: the same again, or another one. */
const anyCommand = ({ orderNo, ...known }: OrderFacts): fc.Arbitrary<Command> =>
  fc.oneof(
    { weight: 4, arbitrary: commands() },
    {
      weight: 1,
      arbitrary: fc.constantFrom(known.processBillNo, 'F2').map((processBillNo) => {
        const { amountMinor, currency } = known;
        return {
          type: 'CreatePaymentOrder' as const,
          payload: compact({ orderNo, processBillNo, amountMinor, currency }),
        };
      }),
    },
  );

/** An order to which something happens, then a command comes, then more happens. */
const lives = validHistories({ eventsMax: 20 }).chain((history) => {
  const command = anyCommand(orderAfter(history).known);
  return fc.record({
    history: fc.constant(history),
    command,
    other: command,
    rivals: fc.array(command, { maxLength: 4 }),
    later: drawnEventLists(20),
  });
});

const orderIn = ({ order }: TestedOrder): OrderHistory => {
  if (order === null) throw new Error('a history begins with its order');
  return order;
};

/** Decides as the service does, and records what is to be recorded. */
function send(tested: TestedOrder, command: Command, id: string, limits = streamLimits) {
  const order = orderIn(tested);
  const decision = decideCommand(order, order.known.orderNo, command, { commandId: id }, limits);
  if (decision.kind === 'append') {
    const { event, commandDigest } = decision;
    tested.record(event, { commandId: id, commandDigest });
  }
  return decision;
}

/** What a repeat must be answered: what was done once is not done again. */
const repeated = (answer: CommandAnswer): CommandAnswer =>
  answer.kind === 'accepted' ? { kind: 'duplicate' } : answer;

describe('a command with an id', () => {
  test('is recorded whatever it is answered, and gets that answer for ever', () => {
    const seen = { accepted: 0, duplicate: 0, rejected: 0 };
    const property = fc.property(lives, ({ history, command, other, later, rivals }) => {
      const tested = testedOrder(history);

      const first = send(tested, command, commandId);
      for (const [index, rival] of rivals.entries()) send(tested, rival, `r-${index}`);
      for (const drawn of later) {
        const event = drawn.event(orderIn(tested).known);
        if (orderIn(tested).takes(event)) tested.record(event);
      }
      const again = send(tested, command, commandId);

      seen[first.answer.kind] += 1;
      expect(first.kind).toBe('append');
      expect(again).toEqual({ kind: 'answer', answer: repeated(first.answer) });
      const isSame = JSON.stringify(other) === JSON.stringify(command);
      if (!isSame) {
        expect(() => send(tested, other, commandId)).toThrow(
          expect.objectContaining({ code: 'command-id-reused' }),
        );
      }
    });

    fc.assert(property, { numRuns: 120 });

    for (const [kind, times] of Object.entries(seen)) expect(times, kind).toBeGreaterThan(5);
  });

  test('is recorded or not answered, however little room there is', () => {
    const seen = { recorded: 0, unanswered: 0 };
    const property = fc.property(
      lives,
      fc.nat(8),
      fc.nat(3),
      ({ history, command, rivals }, room, rejectionsMax) => {
        const tested = testedOrder(history);
        const streamEventsMax = history.length + room;
        const limits = { streamEventsMax, keptForFacts: 2, keptForOperators: 1, rejectionsMax };

        for (const [index, sent] of [...rivals, command].entries()) {
          const before = orderIn(tested).head.revision;
          try {
            expect(send(tested, sent, `c-${index}`, limits).kind).toBe('append');
            seen.recorded += 1;
          } catch (error) {
            expect(error).toMatchObject({ code: 'stream-full' });
            expect(orderIn(tested).head.revision).toBe(before);
            seen.unanswered += 1;
          }
        }

        expect(orderIn(tested).head.revision + 1).toBeLessThanOrEqual(
          Math.max(history.length, streamEventsMax - limits.keptForFacts),
        );
      },
    );

    fc.assert(property, { numRuns: 120 });

    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });
});

import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { viewOf } from '../../src/order/view.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { digestList, goldenDirectory, sha256OfFile } from './golden.ts';
import type { GoldenStory } from './golden-stories.ts';
import { goldenStories } from './golden-stories.ts';

// Writes the golden histories that are not there yet; one that is there is never written again.
for (const [index, story] of goldenStories.entries()) {
  if (existsSync(join(goldenDirectory, `${story.name}.json`))) continue;
  await recordStory(story, index);
  appendFileSync(digestList, `${story.name} ${sha256OfFile(story.name)}\n`);
  process.stdout.write(`${story.name}\n`);
}

async function recordStory({ name, created, steps }: GoldenStory, index: number): Promise<void> {
  const runtime = simulatedRuntime({ seed: 1_000 + index, nowMs: Date.UTC(2026, 10, 23, 2, 0, 0) });
  const store = openMemoryStore(runtime);
  const compiled = compileMachine();
  const orderNo = `Golden-${index + 1}`;
  const stream = streamOf(orderNo);
  const first = { type: 'PaymentOrderCreated', orderNo, processBillNo: 'F1', ...created } as const;
  let order: OrderHistory | null = null;
  for (const { event, context = {} } of [{ event: first }, ...steps]) {
    await runtime.advance(61_001);
    const circumstances = { source: 'golden', $correlationId: 'correlation-1', ...context };
    const before: OrderHistory | null = order;
    const step = prepareEvent(compiled, before, stream, event, circumstances, runtime);
    const expected = before === null ? 'no-stream' : before.head.revision;
    const result = await store.append(stream, [step.prepared], expected);
    if (result.kind !== 'appended') throw new Error('this is the only writer');
    order = evolve(compiled, before, { ...step.stored, position: result.position });
  }
  if (order === null) throw new Error('a story begins with its order');
  const events: RecordedEvent[] = [];
  for await (const recorded of store.read(stream)) events.push(recorded);
  const golden = { orderNo, events, witness: order.witness, view: viewOf(order) };
  writeFileSync(join(goldenDirectory, `${name}.json`), `${JSON.stringify(golden, null, 1)}\n`);
}

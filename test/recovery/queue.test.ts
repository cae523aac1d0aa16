import { expect, test } from 'vitest';
import { Queue } from '../../src/recovery/queue.ts';

test('a queue gives each order once, in the order they were added, also after it ran empty', () => {
  const queue = new Queue();
  for (const order of ['A', 'B', 'A', 'C']) queue.add(order);
  expect([queue.take(), queue.take()]).toEqual(['A', 'B']);
  queue.add('A');
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['C', 'A', undefined]);

  queue.add('B');

  expect([queue.take(), queue.take()]).toEqual(['B', undefined]);
});

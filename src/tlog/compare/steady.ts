/**
 * Which numbers keep their order. What is moved in a log shifts all that stands between, so an
 * ordinal alone does not say what was moved. The longest part that still ascends does: the rest is
 * the least that somebody has to have moved.
 */

import { nextTurn } from '../../runtime.ts';
import type { Runtime } from '../../runtime.ts';

/** So many steps between two looks at the clock. */
const stepsPerLook = 1_024;

/**
 * Gives the indexes of all numbers that are not of one longest ascending part to `see`, ascending.
 * Zeros stand for no number and are skipped. Takes 8 bytes for each number, and those only where the
 * numbers do not ascend.
 */
export async function unsteady(
  numbers: Uint32Array,
  runtime: Pick<Runtime, 'monotonicMs'>,
  see: (index: number) => void,
): Promise<void> {
  if (isAscending(numbers)) return;
  /** At `length - 1`: the index of the smallest number that ends an ascending part of that length. */
  const ends = new Uint32Array(numbers.length);
  /** The length of the longest ascending part that the number ends. */
  const lengths = new Uint32Array(numbers.length);
  let longest = 0;
  for (const [index, number] of numbers.entries()) {
    if (index % stepsPerLook === 0) await nextTurn(runtime);
    if (number === 0) continue;
    const shorter = countBelow(numbers, ends, longest, number);
    ends[shorter] = index;
    lengths[index] = shorter + 1;
    longest = Math.max(longest, shorter + 1);
  }
  const steady = await oneLongest(numbers, lengths, longest, runtime);
  for (const [index, number] of numbers.entries()) {
    if (index % stepsPerLook === 0) await nextTurn(runtime);
    if (number !== 0 && steady[lengths[index] ?? 0] !== index) see(index);
  }
}

/** At `length`: the index of the member that ends so long a piece of one longest ascending part. */
async function oneLongest(
  numbers: Uint32Array,
  lengths: Uint32Array,
  longest: number,
  runtime: Pick<Runtime, 'monotonicMs'>,
): Promise<Uint32Array> {
  const members = new Uint32Array(longest + 1);
  let wanted = longest;
  let below = Infinity;
  for (let index = numbers.length - 1; index >= 0 && wanted > 0; index -= 1) {
    if (index % stepsPerLook === 0) await nextTurn(runtime);
    const number = numbers[index] ?? 0;
    if (lengths[index] !== wanted || number >= below) continue;
    members[wanted] = index;
    below = number;
    wanted -= 1;
  }
  return members;
}

function isAscending(numbers: Uint32Array): boolean {
  let last = 0;
  return numbers.every((number) => {
    if (number === 0) return true;
    const ascends = number > last;
    last = number;
    return ascends;
  });
}

/** How many of the first `count` ends are smaller; the ends ascend. */
function countBelow(
  numbers: Uint32Array,
  ends: Uint32Array,
  count: number,
  number: number,
): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { aRealOrder } from '../../../test/evidence/real-order.ts';
import { inFormat1 } from '../../../test/history/format-1.ts';
import { Guesser } from '../../packages/guesser.ts';
import { inBothFormats, packed, phone, truthOf } from '../../packages/scenes.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'guessing';
/** The last four digits of a number whose others are known: '0000' to '9999'. */
const candidates = Array.from({ length: 10_000 }, (_, number) => {
  return phone.slice(0, -4) + String(number).padStart(4, '0');
});

/** Every number that a withheld one may be is compared with what its package shows. */
export const guessing: Level = {
  name,
  promise: 'What a package withholds cannot be confirmed by a reader who guesses it.',
  async run({ scale, seed, progress }) {
    const runtime = simulatedRuntime({ seed });
    const stored = await aRealOrder(phone);
    const mixed = inBothFormats(stored, 6, (bytes) => runtime.randomHex(bytes));
    const histories = [mixed, inFormat1(stored), stored];
    // At scale 1 one number in ten, from scale 10 on every number; the true one is always tried.
    const stride = Math.max(1, Math.round(10 / scale));
    const tried = candidates.filter((one, at) => one === phone || at % stride === seed % stride);
    const failures: Failure[] = [];
    const fail = (what: string) => {
      failures.push({ invariant: 'I23', repro: reproOf(name, { scale, seed }), what });
    };
    const seen = { 'confirmed by a leak': 0 };
    let guesses = 0;
    for (const [index, events] of histories.entries()) {
      const files = await packed(events, ['phone'], true);
      const { lines } = truthOf(events);
      const guesser = new Guesser(files, lines, phone);
      for (const candidate of tried) {
        progress(guesses, histories.length * tried.length);
        guesses += 1;
        if (guesser.confirms(candidate)) fail(`${candidate} is confirmed in history ${index}`);
      }
      // The same guesser must find the number where something is forgotten.
      const leaked = files.set('leak.json', JSON.stringify(lines.map(({ metadata }) => metadata)));
      if (new Guesser(leaked, lines, phone).confirms(phone)) seen['confirmed by a leak'] += 1;
    }
    return { counts: { guesses, packages: histories.length }, seen, failures };
  },
};

import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import { signals as stopSignals, trials as allTrials } from '../signals.ts';

const name = 'signals';

/** Every command that may call the gateway, stopped by every signal while its call is out. */
export const signals: Level = {
  name,
  promise:
    'A command that is stopped while its call is out records the outcome, and begins nothing.',
  async run({ scale, seed, progress }) {
    const { trials, untried } = await allTrials();
    const rounds = Math.ceil(scale);
    const repro = reproOf(name, { scale, seed });
    const failures = untried.map<Failure>((what) => ({
      invariant: 'untried',
      repro,
      what: `no trial types ${what}`,
    }));
    const seen: Record<string, number> = {};
    let stops = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (const trial of trials) {
        // Side by side, for each of them mostly waits.
        await Promise.all(
          stopSignals.map(async (signal) => {
            const broken = await trial.run(signal);
            const what = `${trial.name}, ${signal}`;
            for (const fault of broken)
              failures.push({ invariant: 'I6', repro, what: `${what}: ${fault}` });
            seen[trial.name] = (seen[trial.name] ?? 0) + 1;
            stops += 1;
            progress(stops, rounds * trials.length * stopSignals.length);
          }),
        );
      }
    }
    return { counts: { stops, violations: failures.length }, seen, failures };
  },
};

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryCommandLine, exitCodesSeen } from '../canaries/command-line.ts';
import { tryCrashes } from '../canaries/crashes.ts';
import { errorCodes, tryErrors } from '../canaries/errors.ts';
import { tryLifetime } from '../canaries/lifetime.ts';
import { plantSecrets } from '../canaries/secrets.ts';
import { Watch } from '../canaries/watch.ts';
import type { Level } from '../level.ts';

/** Plants secrets into every input, forces every error, and searches every output. */
export const canaries: Level = {
  name: 'canaries',
  promise: 'No key, signature, password or card number is in any error, log, event or file.',
  async run({ scale, seed }) {
    const seen = new Map([...errorCodes, ...exitCodesSeen].map((what) => [what, 0]));
    const faults: string[] = [];
    const watches: Watch[] = [];
    // Each round has keys of its own.
    for (let round = 0; round < Math.ceil(scale); round += 1) {
      const directory = mkdtempSync(join(tmpdir(), 'payment-order-canaries-'));
      const watch = new Watch();
      const secrets = plantSecrets(watch);
      const kit = {
        secrets,
        directory,
        show: (what: string, value: unknown) => {
          watch.lookInto(what, value);
        },
      };
      try {
        faults.push(...(await tryErrors(kit, watch, seen)));
        await tryLifetime(kit, watch);
        faults.push(...(await tryCommandLine(kit, watch, seen)));
        faults.push(...(await tryCrashes(kit, watch)));
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
      watches.push(watch);
    }
    const repro = `npm run campaign -- --level canaries --scale ${scale} --seed ${seed}`;
    const found = watches.flatMap((watch) => watch.found);
    const sum = (of: (watch: Watch) => number) => watches.reduce((all, one) => all + of(one), 0);
    return {
      counts: {
        outputs: sum(({ looks }) => looks),
        'MB searched': Math.round(sum(({ characters }) => characters) / 1e6),
        found: found.length,
      },
      seen: Object.fromEntries(seen),
      failures: [
        ...found.map(({ canary, where, form }) => ({
          invariant: 'I16',
          repro,
          what: `a ${canary} is in ${where} (${form})`,
        })),
        ...faults.map((what) => ({ invariant: 'forcing', repro, what })),
      ],
    };
  },
};

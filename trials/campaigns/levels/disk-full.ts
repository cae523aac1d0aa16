import { fullAt, logCannotGrow, type FullReport } from '../disk-full.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'disk-full';
const appendsUpTo = 50;
/** Bytes that the log may have; opening takes some 33 KB, for its index. */
const logLimits = [60_000, 200_000];

/** No room from the k-th append on, for every k; then room again, in time or after giving up. */
export const diskFull: Level = {
  name,
  promise: 'On a full disk nothing acknowledged is lost, and work goes on when space returns.',
  async run({ scale, seed, progress }) {
    const running = logLimits.flatMap((bytes) => [
      logCannotGrow(bytes, true),
      logCannotGrow(bytes, false),
    ]);
    const reports: FullReport[] = [];
    for (let full = 1; full <= appendsUpTo; full += 1) {
      for (const returnsInTime of [true, false]) reports.push(await fullAt(full, returnsInTime));
      progress(full, appendsUpTo);
    }
    const ofProcesses = await Promise.all(running);
    const sum = (of: readonly FullReport[], count: (report: FullReport) => number) =>
      of.reduce((total, report) => total + count(report), 0);
    const all = [...reports, ...ofProcesses];
    const refused = sum(reports, (report) => report.refused);
    const settled = sum(reports, (report) => report.settled);
    return {
      counts: {
        trials: all.length,
        acknowledged: sum(all, (report) => report.acknowledged),
        lost: all.flatMap(({ violations }) => violations).length,
      },
      seen: {
        'file full: named error': refused,
        'file full: settled in time': settled,
        'log full: named error': sum(ofProcesses, (report) => report.refused),
        'log full: settled in time': sum(ofProcesses, (report) => report.settled),
      },
      failures: all.flatMap(({ violations }) =>
        violations.map<Failure>((what) => ({
          invariant: what.split(' ')[0] ?? '',
          repro: reproOf(name, { scale, seed }),
          what,
        })),
      ),
    };
  },
};

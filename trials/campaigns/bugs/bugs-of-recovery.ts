import type { Bug, Detector } from './bugs.ts';

const health: Detector = { by: 'tests', files: 'test/recovery/gateway-health.test.ts' };

export const bugsOfRecovery: readonly Bug[] = [
  {
    name: 'a gateway that is down is called as ever',
    file: 'src/recovery/gateway-health.ts',
    from: 'if (!this.#isFree(known)) {',
    to: 'if (known.down === null && !this.#isFree(known)) {',
    detector: health,
  },
  {
    name: 'orders that waited for a gateway are forgotten when it comes up',
    file: 'src/recovery/gateway-health.ts',
    from: 'for (const orderNo of waiting) this.#look(orderNo);',
    to: '',
    detector: health,
  },
  {
    name: 'a question that was only sent ends what blocks every call',
    file: 'src/recovery/gateway-health.ts',
    from: "(kind === 'reached' && !down.isBlocked)",
    to: "kind === 'reached'",
    detector: { by: 'tests', files: 'test/recovery/gateway-passes.test.ts' },
  },
  {
    name: 'an abandoned attempt waits for a gateway that is down',
    file: 'src/recovery/due.ts',
    from: 'if (!beginsAttempt(read.raisedBy(timer))) {',
    to: 'if (timer.dueAtMs < 0) {',
    detector: health,
  },
];

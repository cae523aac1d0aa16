import type { Bug, Detector } from './bugs.ts';

const oracle: Detector = { by: 'tests', files: 'trials/findings/findings.test.ts' };

/** What a report could conclude wrongly from a history that is right. */
export const bugsOfFindings: readonly Bug[] = [
  {
    name: 'a call is compared with the payment that was recorded first, and with no other',
    file: 'src/report/answers/calls.ts',
    from: '      payments.map(({ toldBy }) => ({',
    to: '      payments.slice(0, 1).map(({ toldBy }) => ({',
    detector: oracle,
  },
  {
    name: 'money that moved before the call was answered moved after it',
    file: 'src/report/answers/calls.ts',
    from: '    const isOver = statedMs > sentMs + durationMs;',
    to: '    const isOver = statedMs > sentMs;',
    detector: oracle,
  },
  {
    name: 'a payment that was retracted still counts',
    file: 'src/report/answers/money.ts',
    from: 'event.type === type && !retracted.has(event.revision)',
    to: 'event.type === type && (!retracted.has(event.revision) || type === "PaymentSucceeded")',
    detector: oracle,
  },
  {
    name: 'a time that is later than its recording is believed',
    file: 'src/report/answers/events-told.ts',
    from: 'occurredMs <= recordedMs ? occurredMs : null;',
    to: 'occurredMs <= recordedMs + 60_000 ? occurredMs : null;',
    detector: oracle,
  },
  {
    name: 'a fact that was recorded before it occurred is late',
    file: 'src/report/answers/knowledge.ts',
    from: 'recordedMs - occurredMs;',
    to: 'Math.abs(recordedMs - occurredMs);',
    detector: oracle,
  },
  {
    name: 'the doubt of a paid order ends, although nobody acknowledged it',
    file: 'src/history/doubt.ts',
    from: "state === 'paid' && known.anomalies.some(isOpenDoubt);",
    to: "state === 'paid' && known.closed && known.anomalies.some(isOpenDoubt);",
    detector: oracle,
  },
  {
    name: 'an order that the channel closed counts as refused',
    file: 'src/report/answers/clauses.ts',
    from: 'confirmed.length === 0 && closed.length === 0',
    to: 'confirmed.length === 0',
    detector: oracle,
  },
];

import { isOpen } from '../../../machines/payment-order.facts.ts';
import { eventSchemas } from '../../../machines/payment-order.events.ts';
import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import type { RecordedStep } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { isInDoubt } from '../../history/doubt.ts';
import { en } from '../../words/events/en.ts';
import { command } from '../command.ts';
import { oneOf, UsageError } from '../input/arguments.ts';
import { required } from '../input/options.ts';
import { existing, readOrder } from '../session.ts';

export const commands = [
  command('bisect <ORDER>', {
    about: 'the first revision at which a condition holds, and every span in which it does',
    options: {
      when: required('--when <CONDITION>', "such as 'state=cancelling.inDoubt' or 'paid,closed'"),
    },
    help: `
Conditions: state=S (or inside it), type=T, anomaly=CODE, attempts=N, and started, paid, failed,
closed, in-doubt, anomaly (an open one). != or a ! before a word negates; commas mean and.
Every revision is checked, so a condition may hold, cease and hold again.`,
    run: (context, { when }, orderNo) => {
      const holds = conditionFrom(when);
      const { screen, words } = context;
      return readOrder(context, orderNo, async (orders) => {
        await existing(orders, orderNo);
        const { checked, first, spans } = await search(orders.recordedSteps(orderNo), holds);
        if (screen.json) screen.document({ when, checked, first, spans });
        else if (first === null) screen.lines([words.history.neverHolds(checked)]);
        else {
          const [type, time] = [escapeForTerminal(first.type), escapeForTerminal(first.recordedAt)];
          screen.lines([
            words.history.holdsFrom(first.revision, type, time),
            ...spans.map(({ from, until }) => words.history.span(from, until)),
          ]);
        }
      });
    },
  }),
];

type Condition = (step: RecordedStep) => boolean;

/** Checks every revision: a condition may hold, cease and hold again, which halving would miss. */
async function search(steps: AsyncIterable<RecordedStep>, holds: Condition) {
  const spans: { readonly from: number; until: number | null }[] = [];
  let first: RecordedStep | null = null;
  let open: (typeof spans)[number] | null = null;
  let checked = 0;
  for await (const step of steps) {
    checked += 1;
    const isTrue = holds(step);
    if (isTrue) first ??= step;
    if (isTrue && open === null) {
      open = { from: step.revision, until: null };
      spans.push(open);
    } else if (!isTrue && open !== null) {
      open.until = step.revision - 1;
      open = null;
    }
  }
  return { checked, first, spans };
}

const flags: Readonly<Record<string, Condition>> = {
  started: ({ known }) => known.started,
  paid: ({ known }) => known.paid,
  failed: ({ known }) => known.failed,
  closed: ({ known }) => known.closed,
  'in-doubt': ({ known, to }) => isInDoubt(known, to),
  anomaly: ({ known }) => known.anomalies.some(isOpen),
};

const comparisons: Readonly<Record<string, (step: RecordedStep, value: string) => boolean>> = {
  /** A state, or one inside it. */
  state: ({ to }, value) => to === value || to.startsWith(`${value}.`),
  type: ({ type }, value) => type === value,
  anomaly: ({ known }, value) => known.anomalies.some(({ code }) => code === value),
  attempts: ({ known }, value) => known.answers.length === Number(value),
};

/** The closed sets that a condition compares with. */
const values: Readonly<Record<string, readonly string[]>> = {
  state: Object.entries(paymentOrderMachine.states).flatMap(([name, { states }]) => [
    name,
    ...Object.keys(states).map((inner) => `${name}.${inner}`),
  ]),
  type: Object.keys(eventSchemas),
  anomaly: Object.keys(en.anomalies),
};

/** Reads what `--when` gives; conditions joined by commas must all hold. */
function conditionFrom(text: string): Condition {
  const parts = text.split(',').map((part) => one(part.trim()));
  return (step) => parts.every((holds) => holds(step));
}

function one(text: string): Condition {
  const flag = /^(!?)([a-z-]+)$/.exec(text);
  const comparison = /^([a-z-]+)(!?)=([A-Za-z0-9_.-]+)$/.exec(text);
  if (flag !== null) {
    const [, not, name = ''] = flag;
    const isSet = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (isSet !== undefined) return (step) => isSet(step) !== (not === '!');
  } else if (comparison !== null) {
    const [, name = '', not, value = ''] = comparison;
    const isEqual = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
    const known = values[name];
    if (known !== undefined) oneOf(value, known, `--when ${name}=`);
    if (name === 'attempts' && !/^\d{1,4}$/.test(value)) {
      throw new UsageError('--when attempts= must be a whole number of attempts');
    }
    if (isEqual !== undefined) return (step) => isEqual(step, value) !== (not === '!');
  }
  const names = Object.keys(comparisons).map((name) => `${name}=VALUE`);
  throw new UsageError(
    `--when must be one of ${[...names, ...Object.keys(flags)].join(', ')}; ` +
      '!= or a ! before a word negates, commas mean and',
  );
}

import { openPaymentOrders } from '../../src/open.ts';
import type { CliCommand } from '../../src/cli/command.ts';
import { exitCodeOfSignal, mayCall } from '../../src/cli/io.ts';
import { commandsNamedIn } from '../../src/cli/program.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { inChild } from '../../test/cli/child.ts';
import { heldCall } from '../../test/cli/held-gateway.ts';
import { desk } from '../../test/cli/support.ts';

export const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export type StopSignal = (typeof signals)[number];

/** One way of typing a command that calls, and what its order holds in the end. */
type Scenario = {
  readonly args: readonly string[];
  /** Whether an earlier attempt did not run, and the next one is due. */
  readonly isDue: boolean;
  /** What came of the call. A question begins no attempt. Default: a confirmed cancel. */
  readonly records?: 'CancelConfirmed' | 'StatusReported';
};

/** By the name of the command. A command that may call and is missing here fails the level. */
const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  cancel: [
    { args: ['cancel', 'O1'], isDue: false },
    { args: ['cancel', 'O1', '--no-wait'], isDue: false },
  ],
  ask: [{ args: ['ask', 'O1'], isDue: true, records: 'StatusReported' }],
  retry: [
    { args: ['retry', 'O1', '--actor', 'li.wei'], isDue: true },
    { args: ['retry', '--why', 'overdue', '--yes', '--actor', 'li.wei'], isDue: true },
  ],
  work: [
    { args: ['work'], isDue: true },
    { args: ['work', '--once'], isDue: true },
  ],
};

/** It brings its own gateway, so it has a trial of its own. */
const demo = 'demo';

export type Trial = {
  readonly name: string;
  readonly run: (signal: StopSignal) => Promise<readonly string[]>;
};

/** A trial for every scenario; `untried`: what may call by its own declaration and is in none. */
export async function trials(): Promise<{
  readonly trials: readonly Trial[];
  readonly untried: readonly string[];
}> {
  const calling = (await commandsNamedIn([])).filter(({ purpose }) => mayCall(purpose));
  const found = Object.values(scenarios)
    .flat()
    .map((scenario) => ({
      name: scenario.args.join(' '),
      run: (signal: StopSignal) => stopWhileOut(scenario, signal),
    }));
  return {
    trials: [...found, { name: demo, run: stopDemo }],
    untried: calling.flatMap(untriedOf),
  };
}

/** A command without a scenario, and flags that no scenario gives. */
function untriedOf({ name, options }: CliCommand): readonly string[] {
  if (name === demo) return [];
  const typed = (scenarios[name] ?? []).flatMap(({ args }) => args);
  const flags = Object.values(options).filter(({ kind }) => kind === 'flag');
  return [name, ...flags.map(({ usage }) => usage)].filter((part) => !typed.includes(part));
}

/** Stops a command while its call waits at the gateway, which answers only after that. */
async function stopWhileOut(
  { args, isDue, records = 'CancelConfirmed' }: Scenario,
  signal: StopSignal,
): Promise<readonly string[]> {
  const ends: (() => unknown)[] = [];
  const held = await heldCall(
    { onTestFinished: (end) => void ends.push(end as () => unknown) },
    inChild,
  );
  const { here, sandbox, arrived, release } = held;
  const store = `sqlite:${here.path('payment-orders.db')}`;
  try {
    if (isDue) await makeDue(store, 'O1');
    const running = here.start(...args);
    await Promise.race([arrived, running.ended]);
    running.stop(signal);
    await Promise.race([running.said('stopping'), running.ended]).catch(() => undefined);
    // What comes now is due at once, and must be left to another process.
    await makeDue(store, 'O2', 'F2');
    await sleep(systemRuntime(), 300);
    release();
    const { code, stderr } = await running.ended;
    await using orders = await openPaymentOrders({ store, readOnly: true });
    const [first, second] = [await orders.get('O1'), await orders.get('O2')];
    const recorded = (await orders.history('O1')).at(-1)?.type;
    const answers = first?.cancel?.attempts.map(({ answer }) => answer).join() ?? 'no cancel';
    const ofCall = records === 'CancelConfirmed' ? ['confirmed'] : [];
    const expected = [...(isDue ? ['not-executed'] : []), ...ofCall].join();
    const checks: readonly (readonly [boolean, string])[] = [
      [code === exitCodeOfSignal[signal], `ended with ${String(code)}: ${stderr}`],
      [recorded === records, `recorded last: ${recorded ?? 'nothing'}`],
      [answers === expected, `attempts: ${answers}`],
      [sandbox.requests.length === 1, `${sandbox.requests.length} calls`],
      [second?.stateDetail === 'cancelling.backingOff', `begun: ${second?.stateDetail ?? 'gone'}`],
    ];
    return checks.flatMap(([isKept, what]) => (isKept ? [] : [what]));
  } finally {
    for (const end of ends) await end();
  }
}

/** An order whose cancel did not run, and whose next attempt is due. */
async function makeDue(store: string, orderNo: string, processBillNo = 'F1'): Promise<void> {
  const runtime = systemRuntime();
  await using orders = await openPaymentOrders({
    store,
    // Late enough to be overdue.
    runtime: { ...runtime, now: () => runtime.now() - 7_200_000 },
    gateway: {
      identity: 'scripted',
      attemptMs: 1_000,
      cancel: () => Promise.resolve({ kind: 'not-executed', rule: 'connection-refused' }),
      close: () => Promise.resolve(),
    },
    retryPolicy: { notExecutedMs: [0, 0], unknownMs: [0], jitter: 0 },
  });
  await orders.create({ orderNo, processBillNo });
  await orders.cancel(orderNo);
}

/** The call of its third story lasts two seconds. */
async function stopDemo(signal: StopSignal): Promise<readonly string[]> {
  const here = desk(inChild);
  try {
    const running = here.start('demo', '--store', 'sqlite:demo.db');
    await running.said('3. O');
    running.stop(signal);
    const { code, stdout } = await running.ended;
    const { stdout: listed } = await here.run('list', '--store', 'sqlite:demo.db');
    const checks: readonly (readonly [boolean, string])[] = [
      [code === exitCodeOfSignal[signal], `ended with ${String(code)}`],
      [!stdout.includes('4. O'), 'another story was begun'],
      [!listed.includes('requesting'), `a call without outcome: ${listed}`],
    ];
    return checks.flatMap(([isKept, what]) => (isKept ? [] : [what]));
  } finally {
    await here.remove();
  }
}

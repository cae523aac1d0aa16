import { openPaymentOrders } from '../../src/open.ts';
import type { CliCommand } from '../../src/cli/command.ts';
import { exitCodeOfSignal, mayCall } from '../../src/cli/io.ts';
import { commandsNamedIn } from '../../src/cli/program.ts';
import { sleep, systemRuntime } from '../../src/runtime.ts';
import { inChild } from '../../test/cli/child.ts';
import { heldCall } from '../../test/cli/held-gateway.ts';
import type { Running } from '../../test/cli/support.ts';
import { desk } from '../../test/cli/support.ts';
import { visitor } from '../../test/cli/visitor.ts';

export const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export type StopSignal = (typeof signals)[number];

/** One way of typing a command that calls, and what its order holds in the end. */
type Scenario = {
  readonly args: readonly string[];
  /** Whether an earlier attempt did not run, and the next one is due. */
  readonly isDue: boolean;
  /** Whether that attempt was blocked instead, so that an operator has to retry it. */
  readonly isBlocked?: boolean;
  /** What came of the call. A question begins no attempt. Default: a confirmed cancel. */
  readonly records?: 'CancelConfirmed' | 'StatusReported';
  /** Makes a command that serves call. Resolves to what is wrong with the answer, once it came. */
  readonly ask?: (running: Running) => Promise<readonly string[]>;
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
  console: [
    {
      args: ['console', '--act', '--actor', 'li.wei', '--port', '0'],
      isDue: true,
      ask: retryByPage,
    },
  ],
  work: [
    { args: ['work'], isDue: true },
    { args: ['work', '--once'], isDue: true },
    {
      args: ['work', '--once', '--retry-blocked', '--actor', 'li.wei'],
      isDue: true,
      isBlocked: true,
    },
  ],
};

/** With one of these a command that may call calls nobody. */
const callsNobody: ReadonlySet<string> = new Set(['--status']);

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
  const parts = [name, ...flags.map(({ usage }) => usage)];
  return parts.filter((part) => !typed.includes(part) && !callsNobody.has(part));
}

/** Stops a command while its call waits at the gateway, which answers only after that. */
async function stopWhileOut(
  { args, isDue, isBlocked = false, records = 'CancelConfirmed', ask }: Scenario,
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
    const identity = sandbox.appId;
    if (isDue) await makeDue(store, { identity, orderNo: 'O1', isBlocked });
    const running = here.start(...args);
    const asked = ask?.(running).catch((error: unknown) => [`the page: ${String(error)}`]);
    await Promise.race([arrived, running.ended, ...(asked === undefined ? [] : [asked])]);
    running.stop(signal);
    await Promise.race([running.said('stopping'), running.ended]).catch(() => undefined);
    // What comes now is due at once, and must be left to another process.
    await makeDue(store, { identity, orderNo: 'O2', isBlocked });
    await sleep(systemRuntime(), 300);
    release();
    const { code, stderr } = await running.ended;
    await using orders = await openPaymentOrders({ store, readOnly: true });
    const [first, second] = [await orders.get('O1'), await orders.get('O2')];
    const recorded = (await orders.history('O1')).at(-1)?.type;
    const answers = first?.cancel?.attempts.map(({ answer }) => answer).join() ?? 'no cancel';
    const ofCall = records === 'CancelConfirmed' ? ['confirmed'] : [];
    const before = isBlocked ? 'blocked' : 'not-executed';
    const expected = [...(isDue ? [before] : []), ...ofCall].join();
    const stays = isBlocked ? 'cancelling.needsReview' : 'cancelling.backingOff';
    const checks: readonly (readonly [boolean, string])[] = [
      [code === exitCodeOfSignal[signal], `ended with ${String(code)}: ${stderr}`],
      [recorded === records, `recorded last: ${recorded ?? 'nothing'}`],
      [answers === expected, `attempts: ${answers}`],
      [sandbox.requests.length === 1, `${sandbox.requests.length} calls`],
      [second?.stateDetail === stays, `begun: ${second?.stateDetail ?? 'gone'}`],
    ];
    const broken = checks.flatMap(([isKept, what]) => (isKept ? [] : [what]));
    return [...broken, ...((await asked) ?? [])];
  } finally {
    for (const end of ends) await end();
  }
}

/** An operator presses the button of a console, and is to see the receipt. */
async function retryByPage(running: Running): Promise<readonly string[]> {
  const browser = visitor((await running.said('/\n')).trim());
  const { status, location } = await browser.send(await browser.get('orders/O1/act/retry'));
  return status === 201 && location !== '' ? [] : [`the page answered ${status}`];
}

type Due = { readonly identity: string; readonly orderNo: string; readonly isBlocked: boolean };

/** An order whose cancel did not run, and whose next attempt is due, or up to an operator. */
async function makeDue(store: string, { identity, orderNo, isBlocked }: Due): Promise<void> {
  const runtime = systemRuntime();
  const outcome = isBlocked
    ? ({ kind: 'blocked', rule: 'signature-refused' } as const)
    : ({ kind: 'not-executed', rule: 'connection-refused' } as const);
  await using orders = await openPaymentOrders({
    store,
    // Late enough to be overdue.
    runtime: { ...runtime, now: () => runtime.now() - 7_200_000 },
    gateway: {
      identity,
      attemptMs: 1_000,
      cancel: () => Promise.resolve(outcome),
      close: () => Promise.resolve(),
    },
    retryPolicy: { notExecutedMs: [0, 0], unknownMs: [0], jitter: 0 },
  });
  await orders.create({ orderNo, processBillNo: 'F1' });
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

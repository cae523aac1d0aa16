import { execFile } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamOf } from '../../src/history/event.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { inChild, main } from './child.ts';
import type { Desk, Ended } from './support.ts';
import { desk } from './support.ts';

// What only real threads show: that they start, load a machine, end, and change no byte. That the
// order is kept, whichever thread is faster, is tried with drawn stores and schedules in jobs.test.ts.

const ordersCount = 8_400;
let here: Desk;

beforeAll(async () => {
  here = desk(inChild);
  await fill(here.path('sound.db'));
  for (const name of ['damaged.db', 'altered.db']) cpSync(here.path('sound.db'), here.path(name));
  damage(here.path('damaged.db'));
  alter(here.path('altered.db'));
});

afterAll(() => here.remove());

/** Enough orders for two threads, the first and another one. */
async function fill(path: string): Promise<void> {
  const runtime = systemRuntime();
  const compiled = compileMachine();
  const store = await openSqliteStore({ path, runtime });
  const write = async (orderNo: string) => {
    const stream = streamOf(orderNo);
    const created = { type: 'PaymentOrderCreated', orderNo, processBillNo: 'F1' } as const;
    const source = { source: 'test', $correlationId: 'test' };
    const first = prepareEvent(compiled, null, stream, created, source, runtime);
    const order = evolve(compiled, null, first.stored);
    const started = { type: 'PaymentStarted' } as const;
    const second = prepareEvent(compiled, order, stream, started, source, runtime);
    await store.append(stream, [first.prepared], 'no-stream');
    await store.append(stream, [second.prepared], 0);
  };
  for (let from = 0; from < ordersCount; from += 400) {
    await Promise.all(Array.from({ length: 400 }, (_, index) => write(`O${from + index}`)));
  }
  await store.close();
}

/** In places that lie in several chunks, and in one twice. */
function damage(path: string): void {
  const database = new DatabaseSync(path);
  const ofOrder = (count: number, set: string) => {
    database.exec(`UPDATE events SET ${set} WHERE stream = 'paymentOrder-O${count}'`);
  };
  ofOrder(40, `data = '{"altered":true}'`);
  ofOrder(41, `data = 'torn'`);
  ofOrder(1_900, `type = 'SomebodyElses'`);
  ofOrder(3_100, `metadata = replace(metadata, '"to":"paying"', '"to":"failed"')`);
  ofOrder(5_000, `revision = revision * 2, batch_last = 2`);
  ofOrder(5_100, `stream = 'paymentOrder-no order'`);
  ofOrder(8_399, `metadata = '{}'`);
  database.close();
}

/** Where only the hashes of two orders show it: the store itself is whole. */
function alter(path: string): void {
  const database = new DatabaseSync(path);
  for (const order of [3_000, 5_000]) {
    database.exec(`UPDATE events SET data = '{}' WHERE stream = 'paymentOrder-O${order}'`);
  }
  database.close();
}

/** Without how far it was after every five seconds. */
async function run(args: readonly string[], jobs: number): Promise<Ended> {
  const { stderr, ...ended } = await here.run(...args, '--jobs', String(jobs));
  return { ...ended, stderr: stderr.replaceAll(/^.*(?:so far|"progress").*\n/gm, '') };
}

/** The same bytes, whatever the number of jobs. */
async function expectSame(jobs: readonly number[], args: readonly string[]): Promise<Ended> {
  const one = await run(args, 1);
  for (const count of jobs)
    expect({ count, ...(await run(args, count)) }).toEqual({ count, ...one });
  return one;
}

const onDamaged = ['--store', 'sqlite:damaged.db'];
const verifying = ['verify', '--all', ...onDamaged];
const replaying = ['replay', '--check', '--all', ...onDamaged];

describe('many jobs print the bytes of one', () => {
  test('for people, with 2, 3 and 8', async () => {
    const { code, stdout } = await expectSame([2, 3, 8], verifying);
    expect(code).toBe(3);
    expect(stdout.match(/NOT ok/g)?.length).toBeGreaterThan(5);
    // One was renamed.
    expect(stdout.match(/^O\d+: /gm)).toHaveLength(ordersCount - 1);
  });

  test.for<readonly [string, readonly string[]]>([
    ['verify --json', [...verifying, '--json']],
    ['verify --ndjson', [...verifying, '--ndjson']],
    ['verify --first', ['verify', '--all', '--first', '--store', 'sqlite:altered.db']],
    ['replay', replaying],
    ['replay --json', [...replaying, '--json']],
    ['replay --first --ndjson', [...replaying, '--first', '--ndjson']],
  ])('for %s', async ([, args]) => {
    const { code, stdout } = await expectSame([2], args);
    expect(code).toBe(3);
    expect(stdout).not.toBe('');
  });
});

const machines = new URL('../../machines/payment-order.machine.ts', import.meta.url).href;
const shipped = `export * from ${JSON.stringify(machines)};`;
const inThread = "import { isMainThread } from 'node:worker_threads';\nif (!isMainThread)";

function gating(store: string, ...lines: string[]): readonly string[] {
  const file = here.path('machine.mjs');
  writeFileSync(file, lines.join('\n'));
  return ['replay', '--check', '--all', '--machine', file, '--store', `sqlite:${store}`];
}

describe('the change gate', () => {
  /** Without the way from `created` to `paying`. */
  const other = [
    `import { paymentOrderMachine } from ${JSON.stringify(machines)};`,
    `import { createMachine } from ${JSON.stringify(import.meta.resolve('xstate'))};`,
    'const { config, implementations } = paymentOrderMachine;',
    'const { created } = config.states;',
    "const on = { ...created.on, PaymentStarted: { target: 'failed', actions: 'record' } };",
    'const states = { ...config.states, created: { ...created, on } };',
    'export default createMachine({ ...config, states }, implementations);',
  ];

  test('gives the same report through 2 threads, each with the machine of the file', async () => {
    expect(await expectSame([2], gating('sound.db', shipped))).toMatchObject({ code: 0 });
    const { code, stdout } = await expectSame([2], gating('sound.db', ...other));
    expect(code).toBe(4);
    expect(stdout.match(/another target/g)).toHaveLength(ordersCount);
  });

  test('stops at the same error of a machine that throws', async () => {
    const throwing = other.map((line) =>
      line.replace("actions: 'record'", "guard: () => { throw new Error('not me'); }"),
    );
    const { code, stderr } = await expectSame([2], gating('sound.db', ...throwing));
    expect(code).toBe(1);
    expect(stderr).toContain('not me');
  });

  test.for([
    ["throw new Error('not here');", 2, '--machine: the file cannot be loaded: not here'],
    ['process.exit(9);', 1, 'a thread ended with code 9 before it had done its work'],
    ["setImmediate(() => { throw new Error('too late'); });", 1, 'too late'],
  ] as const)('ends, and says why, where a thread cannot go on: %s', async ([line, code, says]) => {
    const ended = await run(gating('sound.db', `${inThread} ${line}`, shipped), 2);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(says);
  });
});

describe('the threads', () => {
  test.for(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)('end at once at a %s', async (signal) => {
    const running = here.start(...verifying, '--jobs', '2');
    await running.said('O0: ok');
    running.stop(signal);
    // Killed by the signal.
    expect(await running.ended).toMatchObject({ code: null });
  });

  test('go on, and then end, where the reader has seen enough', async () => {
    expect(await shell(main, `${verifying.join(' ')} --jobs 2 | head -1`)).toMatchObject({
      code: 3,
    });
  });

  // `npm run test:e2e` builds it first.
  test('start from the package too, and load a machine in TypeScript', async () => {
    const file = here.path('machine.ts');
    writeFileSync(
      file,
      `export { paymentOrderMachine as default } from ${JSON.stringify(built('machines/payment-order.machine.js'))};`,
    );
    const gate = `replay --check --all --machine ${file} --store sqlite:sound.db --jobs 2`;
    const { code, stdout, stderr } = await shell(built('src/cli/main.js'), gate);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`${ordersCount} orders replayed through the machine`);
  });
});

const built = (path: string) => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url));

/** The command in a shell; `file` is its main module. */
function shell(file: string, typed: string): Promise<Ended> {
  const args = ['-c', `set -o pipefail; "$0" "$1" ${typed}`, process.execPath, file];
  return new Promise((resolve) => {
    execFile('/bin/bash', args, { cwd: here.directory }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

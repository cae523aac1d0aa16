import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandsNamedIn } from '../../src/cli/program.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

const commands = await commandsNamedIn([]);
const orderCommands: Readonly<Record<string, readonly string[]>> = {
  ...{ create: ['--process-bill-no', 'F1'], paid: ['--transaction-no', 'T1'] },
  ...{ refunded: ['--refund-no', 'R1', '--amount', '1', '--currency', 'CNY'] },
  ...{ retract: ['1', '--evidence', 'x'] },
  ...{ acknowledge: ['1'], diff: ['0..1'], explain: ['cancel'], bisect: ['--when', 'paid'] },
  ...{ resolve: ['paid', '--evidence', 'x'], export: ['--html', 'x.html'], replay: ['--check'] },
};

/** They are about no order. */
const otherCommands: typeof orderCommands = {
  reconcile: ['--from', '2021-02-02', '--to', '2021-02-02'],
};

/** Commands that take no order's number, or need none. */
const withoutOrder: ReadonlySet<string> = new Set([
  ...['work', 'list', 'sandbox', 'demo', 'doctor', 'verify', 'reconcile', 'console'],
]);

let here: Desk;

beforeEach(({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
});

/** Each is refused in one sentence that names what is wrong, and nothing is opened or written. */
async function expectRefused(cases: readonly (readonly [says: string, args: readonly string[]])[]) {
  for (const [says, args] of cases) {
    const { code, stdout, stderr } = await here.run(...args);

    expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(here.directory)).toEqual([]);
  }
}

describe('a value outside its closed set or form', () => {
  test('is refused with what is allowed', async () => {
    await expectRefused([
      ['--state must be one of: created, paying', ['list', '--state', 'zzz']],
      ['--type must be one of: PaymentOrderCreated', ['log', 'O1', '--type', 'Foo']],
      ['--type must be one of', ['log', 'O1', '--type', 'PaymentStarted,']],
      ['--as-of must be a revision, or a time', ['show', 'O1', '--as-of', 'yesterday']],
      ['--as-of: must be an ISO 8601', ['show', 'O1', '--as-of', '2026-11-23']],
      ['--as-of must be a revision', ['export', 'O1', '--html', 'x.html', '--as-of', '-1']],
      ['--redact must be one of: reason', ['export', 'O1', '--html', 'x', '--redact', 'all']],
      ['--format must be one of: mermaid', ['diagram', '--format', 'png']],
      ['Allowed choices are en, zh-CN', ['list', '--lang', 'fr']],
      ['--cause must be one of', ['closed', 'O1', '--cause', 'tired']],
      ['RESOLUTION must be one of', ['resolve', 'O1', 'maybe', '--evidence', 'x']],
      ['COMMAND must be one of', ['explain', 'O1', 'pay']],
      ['--when state= must be one of: created', ['bisect', 'O1', '--when', 'state=zzz']],
      ['--when type= must be one of', ['bisect', 'O1', '--when', 'type=Foo']],
      ['--when anomaly= must be one of', ['bisect', 'O1', '--when', 'anomaly=odd']],
      ['--when attempts=', ['bisect', 'O1', '--when', 'attempts=two']],
      ['--occurred-at: must be', ['failed', 'O1', '--occurred-at', 'yesterday']],
      ['--attempt-limit-ms: must be', ['list', '--attempt-limit-ms', '1e3']],
      ['--conclusive-after-ms: must be', ['ask', 'O1', '--conclusive-after-ms', '2m']],
      ['--attempt-deadline-ms: must be', ['list', '--attempt-deadline-ms', '-5']],
      ['--command-id: must be', ['start', 'O1', '--command-id', 'a\nb']],
      ['--correlation-id: must be', ['start', 'O1', '--correlation-id', 'a\nb']],
      ['--jobs: must be a whole number from 1', ['verify', '--all', '--jobs', '0']],
      [
        '--jobs: must be a whole number from 1 to 64',
        ['replay', '--check', '--all', '--jobs', '65'],
      ],
      ['--port must be a number', ['sandbox', '--port', '65536']],
      ['REV: must be a whole number from 0', ['tlog', 'proof', 'O1', '1e3']],
      ['ORDER: must be', ['tlog', 'proof', '../O1']],
      ['--fault: has an unknown fault', ['sandbox', '--fault', 'O1=zzz', '--keys', 'keys']],
      ['--process-bill-no: must be', ['create', 'O1', '--process-bill-no', '..']],
      ['--reason: must', ['cancel', 'O1', '--reason', 'x'.repeat(513)]],
      ['unknown option', ['list', '--last', '0']],
    ]);
  });

  test('is refused where two options exclude each other, or one needs another', async () => {
    await expectRefused([
      ['--first and --ndjson can only be used with --all', ['verify', 'O1', '--first', '--ndjson']],
      ['--first can only be used', ['verify', '--bundle', 'x', '--first']],
      ['--seal can only be used with --bundle', ['verify', 'O1', '--seal', 'x']],
      ['--checkpoint can only be used with --all', ['verify', 'O1', '--checkpoint', 'x']],
      ['--checkpoint can only be used', ['verify', '--bundle', 'x', '--checkpoint', 'y']],
      ['--leaves can only be used with --checkpoint', ['verify', '--all', '--leaves', 'x']],
      ['--trust can only be used with --checkpoint', ['verify', '--all', '--trust', 'x']],
      ['--trust can only be used with --checkpoint or --bundle', ['verify', 'O1', '--trust', 'x']],
      ['--checkpoint cannot be read (ENOENT)', ['verify', '--all', '--checkpoint', 'x']],
      ['--trust cannot be read (ENOENT)', ['verify', '--bundle', 'x', '--trust', 'x']],
      ['--ndjson can only be used with --check --all', ['replay', 'O1', '--check', '--ndjson']],
      ['--jobs can only be used with --all', ['verify', 'O1', '--jobs', '2']],
      ['--jobs can only be used with --check --all', ['replay', 'O1', '--check', '--jobs', '2']],
      [
        '--jobs: more than 1 needs a SQLite store, which every thread can open',
        ['verify', '--all', '--store', 'memory:', '--jobs', '2'],
      ],
      [
        '--jobs: more than 1 needs a SQLite store',
        ['replay', '--check', '--all', '--store', 'esdb://localhost:1', '--jobs', '2'],
      ],
      ['--machine can only be used', ['replay', 'O1', '--machine', 'x.ts']],
      [
        '--purpose can only be used with --bundle',
        ['export', 'O1', '--html', 'x', '--purpose', 'y'],
      ],
      [
        '--late-after-ms can only be used with --html',
        ['export', 'O1', '--bundle', 'x', '--late-after-ms', '1'],
      ],
      [
        '--late-after-ms: must be a whole number from 0 to 31536000000',
        ['export', 'O1', '--html', 'x', '--late-after-ms', '31536000001'],
      ],
      ['--html can only be used with ORDER', ['export', '--fixtures', 'x', '--html', 'y']],
      ['--redact can only be used with ORDER', ['export', '--fixtures', 'x', '--redact', 'card']],
      [
        '--anonymise can only be used with --fixtures',
        ['export', 'O1', '--html', 'x', '--anonymise'],
      ],
      ['--why stalled can only be used with --stalled-after-ms', ['list', '--why', 'stalled']],
      ['--occurred goes with --as-of TIME', ['show', 'O1', '--occurred']],
    ]);
  });

  test.each(
    commands.flatMap((command) => {
      const texts = Object.values(command.options).filter(
        ({ kind, mayBeEmpty }) => kind !== 'flag' && mayBeEmpty !== true,
      );
      return texts.map(({ usage }) => [command.name, usage.split(' ')[0] ?? ''] as const);
    }),
  )('is refused where it is empty: %s %s', async (name, option) => {
    const order = withoutOrder.has(name) ? [] : ['O1'];
    const rest = (orderCommands[name] ?? otherCommands[name] ?? []).filter(
      (_, index, all) => all[index] !== option && all[index - 1] !== option,
    );

    await expectRefused([[`${option} must not be empty`, [name, ...order, ...rest, option, '']]]);
  });

  test.each([
    'show',
    'log',
    'cancel',
    'ask',
    'start',
    'retry',
    'attempts',
    'failed',
    'declined',
    'closed',
    'abandon',
    'diagram',
    'verify',
    ...Object.keys(orderCommands),
  ])('is refused as an order: %s', async (name) => {
    const rest = orderCommands[name] ?? [];

    await expectRefused(
      ['-rf', '', '..', '@file', 'O'.repeat(33)].map((order) => [
        'ORDER: must be',
        [
          name,
          ...rest.filter(
            (part) =>
              part.startsWith('-') || rest[rest.indexOf(part) - 1]?.startsWith('--') === true,
          ),
          '--',
          order,
          ...rest.filter(
            (part, index) => !part.startsWith('-') && rest[index - 1]?.startsWith('--') !== true,
          ),
        ],
      ]),
    );
  });
});

describe('an export onto what is there', () => {
  beforeEach(async () => {
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    await here.run('start', 'O1');
  });

  test('is refused for a file in one sentence, and replaces it with --force', async () => {
    writeFileSync(here.path('x.html'), 'mine', { mode: 0o644 });

    const refused = await here.run('export', 'O1', '--html', 'x.html');
    const kept = readFileSync(here.path('x.html'), 'utf8');
    const forced = await here.run('export', 'O1', '--html', 'x.html', '--force');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/x\.html exists already: .* --force\n$/);
    expect(kept).toBe('mine');
    expect(forced.code).toBe(0);
    expect(readFileSync(here.path('x.html'), 'utf8')).toContain('<!doctype html>');
    expect(statSync(here.path('x.html')).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['--bundle', ['O1', '--bundle', 'out']],
    ['--fixtures', ['--fixtures', 'out']],
  ])(
    'replaces an earlier export of %s with --force, and never a file of others',
    async (_, args) => {
      await here.run('export', ...args);
      const before = readdirSync(here.path('out'));
      const again = await here.run('export', ...args);
      await here.run('create', 'O2', '--process-bill-no', 'F2');
      const forced = await here.run('export', ...args, '--force');
      const after = readdirSync(here.path('out'));
      writeFileSync(here.path('out/notes.txt'), 'mine');
      const foreign = await here.run('export', ...args, '--force');

      expect(again).toMatchObject({ code: 2, stdout: '' });
      expect(again.stderr).toContain('is not empty: name a new directory, or replace');
      expect(forced.code).toBe(0);
      expect(after.filter((name) => !before.includes(name))).toEqual(
        args.length === 3 ? [] : ['000002.json'],
      );
      expect(foreign.code).toBe(2);
      expect(foreign.stderr).toContain('notes.txt, which is not part of an export');
      expect(readFileSync(here.path('out/notes.txt'), 'utf8')).toBe('mine');
    },
  );

  test('takes no directory that never held an export, with --force either', async () => {
    const refused = await here.run('export', 'O1', '--bundle', '.', '--force');

    expect(refused.code).toBe(2);
    expect(readdirSync(here.directory)).toContain('payment-orders.db');
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A protocol bug, planted into a copy of the sources; the tests must turn red. */
type Mutant = {
  readonly bug: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: string;
};

const mutants: readonly Mutant[] = [
  {
    bug: 'the call goes out before the append',
    file: 'src/order/transact.ts',
    from: "  const expected = order?.head.revision ?? 'no-stream';",
    to:
      "  if (order !== null && event.type === 'CancelRequested') " +
      'await bench.gateway?.cancel(requestOf(order), () => true);\n' +
      "  const expected = order?.head.revision ?? 'no-stream';",
    tests: 'test/payment-orders',
  },
  {
    bug: 'the append is made at the newest revision',
    file: 'src/order/transact.ts',
    from: "  const expected = order?.head.revision ?? 'no-stream';",
    to: "  const expected = (await store.readLast(stream))?.revision ?? 'no-stream';",
    tests: 'test/payment-orders',
  },
  {
    bug: 'a timeout is taken for a refusal',
    file: 'src/gateway/classification.ts',
    from: "'answer-timeout': ['outcome-unknown',",
    to: "'answer-timeout': ['refused',",
    tests: 'test/gateway',
  },
  {
    bug: 'a refusal ends a doubt',
    file: 'machines/payment-order.machine.ts',
    from: '(refused(context) && !inDoubt(context))',
    to: 'refused(context)',
    tests: 'test/machines',
  },
  {
    bug: 'a rejection is ignored: the command is appended anyway as accepted',
    file: 'src/order/decide.ts',
    from: "  if (command.type !== 'CreatePaymentOrder' && order.takes(event)) {",
    to: "  if (command.type !== 'CreatePaymentOrder') {",
    tests: 'test/payment-orders',
  },
  {
    bug: 'an attempt is sent however long ago it was recorded',
    file: 'src/order/attempt.ts',
    from: 'host.monotonicMs() - ticket.drawnAtMs < sendWithinMs &&',
    to: 'sendWithinMs > 0 &&',
    tests: 'test/payment-orders',
  },
  {
    bug: 'an append that was retried is taken for one that succeeded at once',
    file: 'src/event-store/append-settled.ts',
    from: "if (result.kind === 'appended') return { ...result, settled: 'after-doubt' };",
    to: "if (result.kind === 'appended') return result;",
    tests: 'test/event-store/append-settled test/payment-orders',
  },
  {
    bug: 'the metadata stays outside the hash',
    file: 'src/history/hash-chain.ts',
    from: "if (!hides('metadata') && isAltered) faults.push('metadata-altered');",
    to: '',
    tests: 'test/history',
  },
  {
    bug: 'SQLite acknowledges before the commit',
    file: 'src/event-store/sqlite-appends.ts',
    from: '      committing = true;\n      this.#commit.run();',
    to: '      committing = true;\n      setImmediate(() => this.#commit.run());',
    tests: 'test/event-store',
  },
];

const root = join(import.meta.dirname, '..', '..');
const survivors: string[] = [];
let killed = 0;
const wanted = process.argv[2] ?? '';
for (const { bug, file, from, to, tests } of mutants) {
  if (!bug.includes(wanted)) continue;
  const copy = mkdtempSync(join(tmpdir(), 'payment-order-mutant-'));
  try {
    for (const part of ['src', 'machines', 'test', '.config', 'package.json', 'tsconfig.json']) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const source = readFileSync(join(copy, file), 'utf8');
    if (!source.includes(from)) throw new Error(`the bug '${bug}' no longer fits ${file}`);
    writeFileSync(join(copy, file), source.replace(from, to));
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const args = [vitest, 'run', '--config', '.config/vitest.config.ts', '--bail', '1'];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...tests.split(' ')], {
      ...{ cwd: copy, encoding: 'utf8', timeout: 300_000 },
    });
    const ran = /(\d+) passed, (\d+) failed/.exec(stdout);
    // A copy that runs no test kills nothing.
    const isKilled = status !== 0 && ran !== null && Number(ran[2]) > 0;
    const red = /FAIL\W+(.+)/.exec(stripVTControlCharacters(stderr))?.[1] ?? '';
    process.stdout.write(`${isKilled ? 'killed  ' : 'SURVIVED'}  ${bug}\n          ${red}\n`);
    if (isKilled) killed += 1;
    else survivors.push(bug);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
process.stdout.write(`${killed} killed, ${survivors.length} survived\n`);
process.exitCode = survivors.length === 0 ? 0 : 1;

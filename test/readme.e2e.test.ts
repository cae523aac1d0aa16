import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { paymentOrderMachine } from '../machines/payment-order.machine.ts';
import { diagram } from '../src/diagram/diagram.ts';
import { transitionTable } from '../src/diagram/table.ts';
import { startEventStoreDb } from '../trials/eventstoredb-server/index.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** A TypeScript example, and the output that the README shows right below it. */
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g)].map(
  ([, code = '', output = '']) => ({ code, output, title: code.split('\n').at(-2) ?? '' }),
);

const sources: Record<string, string> = {
  'payment-order-machine': 'src/index.ts',
  'payment-order-machine/machine': 'machines/payment-order.machine.ts',
  'payment-order-machine/platform-notices': 'src/platform-notices/index.ts',
  'payment-order-machine/sandbox': 'src/sandbox/index.ts',
};

function run(code: string): string {
  // Inside the checkout, so that the example finds the same dependencies.
  const directory = mkdtempSync(join(root, '.readme-'));
  try {
    const file = join(directory, 'example.ts');
    const fromSource = code.replaceAll(
      /from '(payment-order-machine[^']*)'/g,
      (_, name: string) => {
        const source = sources[name];
        if (source === undefined) throw new Error(`the README imports ${name}`);
        return `from ${JSON.stringify(join(root, source))}`;
      },
    );
    writeFileSync(file, fromSource);
    const options = { cwd: directory, encoding: 'utf8' } as const;
    return execFileSync(process.execPath, [file], options);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Not synchronously: what it talks to lives in this process. */
async function runScript(code: string, env: Readonly<Record<string, string>>): Promise<void> {
  const args = ['--input-type=module', '--eval', code];
  await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...env } });
}

describe('the README', () => {
  test('shows its seven examples with their output', () => {
    expect(examples).toHaveLength(7);
    expect(readme.match(/```ts\n/g)).toHaveLength(7);
  });

  test.each(examples)('shows what its example prints: $title', ({ code, output }) => {
    expect(run(code)).toBe(output);
  });

  test('leads to how a user gets the right to read $all of an EventStoreDB', async () => {
    const server = await startEventStoreDb();
    onTestFinished(() => server.stop({ hard: true }));
    const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
    const [, metadata = ''] = /This stores `([^`]*)`/.exec(page) ?? [];

    await runScript(code, { ADMIN_URL: server.connectionString });

    const stored = server.streams.events('$$$all').map(({ data }) => Buffer.from(data).toString());
    expect(stored).toEqual([metadata]);
    expect(readme).toContain('(docs/operations.md)');
  });

  test('shows the diagram as it is drawn from the machine', () => {
    const drawn = diagram(paymentOrderMachine, 'mermaid').trim();
    expect(readme).toContain(`\`\`\`mermaid\n${drawn}\n\`\`\``);
  });

  test('leads to every transition in a table made from the machine', () => {
    expect(readme).toContain('(docs/machine.md)');
    const page = readFileSync(join(root, 'docs', 'machine.md'), 'utf8');
    const table = transitionTable(paymentOrderMachine);
    expect(page.endsWith(`\n\n${table}`), 'run: payment-order diagram --format table').toBe(true);
    expect(table.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(2 + 90);
  });
});

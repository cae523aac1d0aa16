import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { packageSources } from '../sources.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'testing.md'), 'utf8');

/** Every TypeScript snippet, and the output shown right below it, where there is one. */
const snippets = [...page.matchAll(/```ts\n([\s\S]*?)```(?:\s+```text\n([\s\S]*?)```)?/g)].map(
  ([, code = '', output]) => ({ code, output, title: code.trim().split('\n').at(-1) ?? '' }),
);
const programs = snippets.filter(({ output }) => output !== undefined);
const testFiles = snippets.filter(({ output }) => output === undefined);

const sources = packageSources();

/** The package's names are those of its sources, which need no build. */
function fromSource(code: string): string {
  return code.replaceAll(/from '(payment-order-machine[^']*)'/g, (_, name: string) => {
    const source = sources.get(name);
    if (source === undefined) throw new Error(`the page imports ${name}`);
    return `from ${JSON.stringify(source)}`;
  });
}

/** Inside the checkout, so that a snippet finds the same dependencies. */
function withFile<T>(name: string, code: string, run: (file: string, directory: string) => T): T {
  const directory = mkdtempSync(join(root, '.readme-'));
  try {
    const file = join(directory, name);
    writeFileSync(file, fromSource(code));
    return run(file, directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** By the page's own command, of an order whose payment failed. */
function exportFixtures(cwd: string): void {
  const [, command = ''] = /```sh\n(payment-order export .*)\n```/.exec(page) ?? [];
  const said = [
    'create O1 --process-bill-no F1',
    'failed O1',
    command.replace('payment-order ', ''),
  ];
  for (const line of said) {
    const args = [join(root, 'src', 'cli', 'main.ts'), ...line.split(' ')];
    execFileSync(process.execPath, args, { cwd, stdio: 'ignore' });
  }
}

const compiledLaw = 'compiled-is-xstate';

/** The name of the machine that a program makes; null where it makes none. */
function machineIn(code: string): string | null {
  return /const (machine|changed) = changedMachine/.exec(code)?.[1] ?? null;
}

function checkOf(machine: string): string {
  return `
import { transitionProperties as lawsOf } from 'payment-order-machine/testing';
const found = lawsOf(${machine}).find(({ name }) => name === '${compiledLaw}');
found?.check({ runs: 30, seed: 1 });
console.log(found?.name);
`;
}

describe('docs/testing.md', () => {
  test('shows thirteen snippets: ten programs with their output, three test files', () => {
    expect(page.match(/```ts\n/g)).toHaveLength(13);
    expect(programs).toHaveLength(10);
    expect(testFiles).toHaveLength(3);
  });

  test('compiles as it is written, with strict options', () => {
    const options = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable', 'esnext.array'],
      types: ['node'],
      skipLibCheck: true,
      noEmit: true,
      allowImportingTsExtensions: true,
    };
    const config = JSON.stringify({ compilerOptions: options });
    const { status, stdout } = withFile('tsconfig.json', config, (_, cwd) => {
      for (const [index, { code }] of snippets.entries()) {
        writeFileSync(join(cwd, `snippet-${index + 1}.ts`), fromSource(code));
      }
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      return spawnSync(process.execPath, [tsc, '-p', cwd], { cwd, encoding: 'utf8' });
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test('shows four machines of its own', () => {
    expect(programs.filter(({ code }) => machineIn(code) !== null)).toHaveLength(4);
  });

  test.each(programs)(
    'shows what its program prints, and a machine that is compiled to what XState does: $title',
    ({ code, output = '' }) => {
      const machine = machineIn(code);
      // A program with a machine goes on to the law about it: some take too long to run twice.
      const [more, said] = machine === null ? ['', ''] : [checkOf(machine), `${compiledLaw}\n`];
      const printed = withFile('example.ts', `${code}${more}`, (file, cwd) => {
        if (code.includes("'fixtures'")) exportFixtures(cwd);
        return execFileSync(process.execPath, [file], { cwd, encoding: 'utf8' });
      });
      expect(printed).toBe(`${output}${said}`);
    },
  );

  test('names every state, guard, action and delay of the machine, and no other', () => {
    const [, told = ''] =
      /## What the machine is made of\n([\s\S]*?)\nA machine is folded/.exec(page) ?? [];
    const named = [...told.matchAll(/`([a-zA-Z.]+)`/g)].map(([, name]) => name);
    const { actions, delays, guards } = paymentOrderMachine.implementations;
    const inside = (of: object) => Object.keys(of);
    const { cancelling, ...outer } = paymentOrderMachine.states;
    const states = inside(cancelling?.states ?? {}).map((name) => `cancelling.${name}`);
    const known = [outer, actions, delays, guards].flatMap(inside).concat(states);
    expect(new Set(named)).toEqual(new Set([...known, 'changedMachine']));
  });

  test.each(testFiles)('shows a test file that passes under its own runner: $title', ({ code }) => {
    const { status, stdout, stderr } = withFile('example.test.ts', code, (file, cwd) => {
      const isVitest = code.includes("from 'vitest'");
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const args = isVitest ? [vitest, 'run', '--root', cwd] : ['--test', file];
      // A runner that finds itself inside another one reports to that.
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined, VITEST: undefined };
      return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toMatch(/pass/);
  });
});

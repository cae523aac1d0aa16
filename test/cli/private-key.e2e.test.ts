import { execFileSync, spawn } from 'node:child_process';
import { KeyObject } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rotatingKeyFile } from '../../src/cli/input/key-file.ts';
import { readPrivateKeyFile } from '../../src/gateway/private-key-file.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { main } from './child.ts';
import { desk, oneDocument, withSandbox } from './support.ts';
import type { Desk } from './support.ts';

let here: Desk;
let sandbox: Sandbox;
let keyFile: string;

beforeEach(async () => {
  here = desk();
  sandbox = await withSandbox(here);
  keyFile = here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] ?? '';
  await here.run('create', 'O1', '--process-bill-no', 'F1');
});

afterEach(async () => {
  await sandbox.close();
  await here.remove();
});

/** Runs a line of bash, in which `$NODE $MAIN` is the command and `$KEY` the key's file. */
function bash(line: string) {
  const env = { PATH: process.env['PATH'], ...here.env, NODE: process.execPath, MAIN: main };
  const child = spawn('bash', ['--norc', '-c', line], {
    cwd: here.directory,
    env: { ...env, KEY: keyFile },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

describe.runIf(process.platform !== 'win32')('the private key', () => {
  test.each([
    ['standard input', '(sleep 0.3; cat $KEY) | $NODE $MAIN cancel O1 --json --private-key-file -'],
    ['a file as standard input', '$NODE $MAIN cancel O1 --json --private-key-file - < $KEY'],
    [
      'a substituted process',
      '$NODE $MAIN cancel O1 --json --private-key-file <(sleep 0.3; cat $KEY)',
    ],
    ['/dev/stdin', 'cat $KEY | $NODE $MAIN cancel O1 --json --private-key-file /dev/stdin'],
    [
      'the variable, which may say standard input too',
      'PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE=- $NODE $MAIN cancel O1 --json < $KEY',
    ],
    [
      'one line of base64 without a line end',
      'grep -v -e - $KEY | tr -d "\\n" | $NODE $MAIN cancel O1 --json --private-key-file -',
    ],
  ])('is read from %s', async (_from, line) => {
    const { code, output } = await bash(line);

    expect(code, output).toBe(0);
    expect(oneDocument(output)).toMatchObject({ order: { state: 'cancelled' } });
  });

  test.each([
    ['nothing', '$NODE $MAIN cancel O1 --private-key-file - < /dev/null', 'is empty'],
    [
      'too much',
      'head -c 70000 /dev/zero | $NODE $MAIN cancel O1 --private-key-file -',
      'standard input is over 65536 bytes',
    ],
    ['something else', 'echo a b! | $NODE $MAIN cancel O1 --private-key-file -', 'is neither PEM'],
  ])('is refused by name where standard input holds %s', async (_what, line, said) => {
    const { code, output } = await bash(line);

    expect(output).toContain(said);
    expect(code).toBe(2);
    expect(sandbox.requests).toEqual([]);
  });

  test('is refused where others may read its file, and not shown', async () => {
    chmodSync(keyFile, 0o604);

    const { code, output } = await bash('$NODE $MAIN cancel O1');

    expect(code).toBe(2);
    expect(output).toMatch(/run chmod 6[04]0 on it/);
    expect(output).not.toContain(readFileSync(keyFile, 'utf8').slice(40, 80));
  });

  test('is read once where work has it from a named pipe, which gives it once', () => {
    const pipe = here.path('pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    spawn('sh', ['-c', 'cat "$0" > "$1"', keyFile, pipe]);

    const key = rotatingKeyFile(pipe);

    expect(key instanceof KeyObject && key.equals(readPrivateKeyFile(keyFile))).toBe(true);
  });

  test('is checked by doctor where it comes through a pipe', async () => {
    const { code, output } = await bash('$NODE $MAIN doctor --private-key-file - < $KEY');

    expect(output).toMatch(/private key +RSA, 2048 bits/);
    expect(code).toBe(0);
  });
});

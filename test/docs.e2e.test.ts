import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sandboxAppId, sandboxKeys } from '../src/sandbox/index.ts';
import { compileCache } from './compile-cache.ts';
import { exportedBy, patternsOf, snippetsOf } from './guide.ts';

const root = join(import.meta.dirname, '..');

/** Runs a guide as it is written on the demo, and compares what it shows. */
async function follow(
  guide: string,
  directory: string,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  const environment: Record<string, string> = { ...given, NODE_COMPILE_CACHE: compileCache };
  for (const { shell, shown } of snippetsOf(guide)) {
    Object.assign(environment, exportedBy(shell));
    const options = { cwd: directory, env: environment };
    const output = isServer.test(shell)
      ? await saidByConsole(scriptOf(shell), options)
      : execFileSync('sh', ['-c', scriptOf(shell)], {
          ...options,
          encoding: 'utf8',
          stdio: 'pipe',
        });
    for (const pattern of patternsOf(shown)) expect(output, shell).toMatch(pattern);
  }
}

const payments = `'${process.execPath}' '${join(root, 'src/cli/main.ts')}'`;
const trial = `'${process.execPath}' '${join(root, 'trials/console/run-console-trial.ts')}'`;

/** What a guide says, on any free port: another test may have that of the guide. */
function scriptOf(shell: string): string {
  const typed = shell
    .replaceAll('npm run -s payment-order --', payments)
    .replaceAll('npm run -s console:trial --', trial)
    .replace(/ console(?= |$)/m, ' console --port 0');
  return `set -eu\n${typed}`;
}

/** Such a command goes on until a signal. */
const isServer = / console(?: |$)|console:trial -- practice/m;

/** Opens the page of a console that is left running, and ends it as Ctrl-C does. */
async function saidByConsole(
  script: string,
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const child = spawn('sh', ['-c', script], {
    ...options,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let said = '';
  try {
    for await (const text of child.stdout.setEncoding('utf8')) {
      said += String(text);
      if (said.includes('\n')) break;
    }
    const page = await fetch(said.trim(), { headers: { 'sec-fetch-site': 'none' } });
    expect(page.status).toBe(200);
    return said;
  } finally {
    // Its group: the shell does not pass a signal on.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'payment-order-guide-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const path = process.env['PATH'] ?? '';

describe.each(['docs/disputes.md', 'docs/disputes.zh-CN.md'])('%s', (file) => {
  const guide = readFileSync(join(root, file), 'utf8');

  test('runs as it is written on the demo, and shows the output', async () => {
    expect(snippetsOf(guide).length).toBeGreaterThan(7);

    await follow(guide, directory, { PATH: path });

    expect(existsSync(join(directory, 'report.html'))).toBe(true);
  });

  test('shows pictures that exist', () => {
    const pictures = [...guide.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(pictures).toHaveLength(3);
    for (const picture of pictures) {
      const { length } = readFileSync(join(root, 'docs', picture));
      expect(length, picture).toBeGreaterThan(10_000);
      expect(length, picture).toBeLessThan(200_000);
    }
  });
});

/** An authority of one's own, to which this `curl` takes each query. */
function timeStampAuthority(): {
  readonly PATH: string;
  readonly TSA: string;
  readonly TSA_CA: string;
} {
  const at = (name: string) => join(directory, 'tsa', name);
  mkdirSync(at(''));
  writeFileSync(at('serial'), '01\n');
  writeFileSync(
    at('tsa.cnf'),
    [
      ...['[tsa]', 'default_tsa = own', '[own]', `serial = ${at('serial')}`],
      ...['default_policy = 1.2.3.4', 'digests = sha256', 'signer_digest = sha256', ''],
    ].join('\n'),
  );
  const usage = ['extendedKeyUsage=critical,timeStamping', 'keyUsage=critical,digitalSignature'];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=tsa', '-days', '2'],
      ...['-keyout', at('key.pem'), '-out', at('ca.pem')],
      ...usage.flatMap((extension) => ['-addext', extension]),
    ],
    { stdio: 'pipe' },
  );
  const reply = `openssl ts -reply -config ${at('tsa.cnf')} -signer ${at('ca.pem')} -inkey ${at('key.pem')}`;
  // As the page calls it: -sS -H HEADER --data-binary @QUERY -o TOKEN URL.
  const answer = `#!/bin/sh\n${reply} -queryfile "\${5#@}" -out "$7"\n`;
  writeFileSync(at('curl'), answer, { mode: 0o700 });
  return { PATH: `${at('')}:${path}`, TSA: 'http://localhost', TSA_CA: at('ca.pem') };
}

describe.each(['docs/evidence.md', 'docs/evidence.zh-CN.md'])('%s', (file) => {
  const guide = readFileSync(join(root, file), 'utf8');

  test('runs as it is written on the demo, with a time stamp of an authority of its own', async () => {
    expect(snippetsOf(guide).length).toBeGreaterThan(4);
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(root, join(directory, 'node_modules', 'payment-order-machine'));

    await follow(guide, directory, timeStampAuthority());

    expect(existsSync(join(directory, 'evidence', 'witness.tsr'))).toBe(true);
  });
});

describe.each(['docs/console.md', 'docs/console.zh-CN.md'])('%s', (file) => {
  const guide = readFileSync(join(root, file), 'utf8');

  test('opens the console as it is written, to look and to act', async () => {
    const { privateKeyFile } = sandboxKeys(join(directory, 'keys'));
    // Nobody is called: the guide only opens it.
    const settings = {
      PATH: path,
      PAYMENT_ORDER_GATEWAY_URL: 'http://127.0.0.1:9',
      PAYMENT_ORDER_GATEWAY_APP_ID: sandboxAppId,
      PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: privateKeyFile,
    };
    // The last snippet tells what a person has settled by then.
    const begun = guide.slice(0, guide.lastIndexOf('```sh'));
    expect(snippetsOf(begun)).toHaveLength(4);

    await follow(begun, directory, settings);

    const [last] = snippetsOf(guide.slice(begun.length));
    const { stdout, status } = spawnSync('sh', ['-c', scriptOf(last?.shell ?? '')], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^0 of 10 settled$/m);
    expect(status).toBe(1);
  });
});

import { execFileSync } from 'node:child_process';
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
import { compileCache } from './compile-cache.ts';
import { exportedBy, patternsOf, snippetsOf } from './guide.ts';

const root = join(import.meta.dirname, '..');

/** Runs a guide as it is written on the demo, and compares what it shows. */
function follow(guide: string, directory: string, given: Readonly<Record<string, string>>): void {
  const environment: Record<string, string> = { ...given, NODE_COMPILE_CACHE: compileCache };
  const command = `'${process.execPath}' '${join(root, 'src/cli/main.ts')}'`;
  for (const { shell, shown } of snippetsOf(guide)) {
    Object.assign(environment, exportedBy(shell));
    const script = `set -eu\n${shell.replaceAll('npm run -s payment-order --', command)}`;
    const options = {
      cwd: directory,
      env: environment,
      encoding: 'utf8',
      stdio: 'pipe',
    } as const;
    const output = execFileSync('sh', ['-c', script], options);
    for (const pattern of patternsOf(shown)) expect(output, shell).toMatch(pattern);
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

  test('runs as it is written on the demo, and shows the output', () => {
    expect(snippetsOf(guide).length).toBeGreaterThan(7);

    follow(guide, directory, { PATH: path });

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

  test('runs as it is written on the demo, with a time stamp of an authority of its own', () => {
    expect(snippetsOf(guide).length).toBeGreaterThan(4);
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(root, join(directory, 'node_modules', 'payment-order-machine'));

    follow(guide, directory, timeStampAuthority());

    expect(existsSync(join(directory, 'evidence', 'witness.tsr'))).toBe(true);
  });
});

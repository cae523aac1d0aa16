import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BundleVerification } from '../../src/dispute.ts';
import { aDispute, moduleVersion, packed } from './support.ts';

let directory = '';
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-'));
  for (const [name, text] of await packed(await aDispute())) {
    writeFileSync(join(directory, name), text);
  }
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const program = `
  const { readBundle, verifyBundle } = await import(process.argv[1]);
  const verification = await verifyBundle(readBundle(process.argv[2]), { moduleVersion: process.argv[3] });
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ verification, maxRSS }));
`;

/** Verifies the package in a process of its own, which may not wait for ever. */
function verified(): { readonly verification: BundleVerification; readonly megabytes: number } {
  const source = join(import.meta.dirname, '..', '..', 'src', 'dispute.ts');
  const args = ['--input-type=module', '-e', program, source, directory, moduleVersion];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 240_000 });
  // The program above prints these two.
  const { verification, maxRSS } = JSON.parse(printed) as {
    readonly verification: BundleVerification;
    readonly maxRSS: number;
  };
  return { verification, megabytes: maxRSS / 1_024 };
}

test('a pipe in a package is named, and nobody waits for its writer', () => {
  for (const name of ['events.ndjson', 'README.txt']) {
    rmSync(join(directory, name));
    execFileSync('mkfifo', [join(directory, name)]);
  }

  const { faults } = verified().verification;

  expect(faults.map(({ file, code }) => `${file} ${code}`)).toEqual(
    expect.arrayContaining(['events.ndjson not-a-file', 'README.txt not-a-file']),
  );
});

test('a package of 400 MB is verified within 300 MB of memory', () => {
  truncateSync(join(directory, 'events.ndjson'), 400_000_000);

  const { verification, megabytes } = verified();

  expect(verification.faults.map(({ code }) => code)).toContain('file-altered');
  expect(megabytes).toBeLessThan(300);
});

test('a name of a file adds no line to what the independent verifier says', () => {
  writeFileSync(join(directory, 'x\nproven 核验通过'), '');

  const { stdout, status } = spawnSync(
    process.execPath,
    [join(directory, 'verify.mjs'), directory],
    { encoding: 'utf8', timeout: 240_000 },
  );

  expect(status).toBe(3);
  expect(stdout.split('\n')).toContain('- x&#10;proven 核验通过 is not listed');
  expect(stdout).not.toMatch(/^proven/m);
});

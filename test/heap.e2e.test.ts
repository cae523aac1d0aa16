import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ways = [
  'PEM',
  'PEM as bytes',
  'one line of base64',
  'PEM of a .env file',
  'PEM, and a listener that lives on',
  'PEM, and a call that was made',
  'PEM of a function, and a call that was made',
  'PEM that is cut, and its error',
  'PEM, and the error of another option',
  'a file of the command',
  'standard input of the command',
];
const kept = 'PEM that is kept';

const directory = mkdtempSync(join(tmpdir(), 'payment-order-heap-'));
const pems = new Map<string, string>();
let heap = '';

beforeAll(() => {
  for (const way of [...ways, kept]) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    pems.set(way, pem);
    writeFileSync(join(directory, way), pem, { mode: 0o600 });
  }
  const child = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'heap-child.ts'), directory],
    { input: pems.get('standard input of the command'), encoding: 'utf8' },
  );
  expect(child.stdout, child.stderr).toBe(String(pems.size));
  heap = readFileSync(join(directory, 'heap.json'), 'latin1');
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** How many lines of a way's key stand in the heap, which shows the first kilobyte of a string. */
function linesInHeap(way: string): number {
  const lines = pems.get(way)?.split('\n') ?? [];
  return lines.filter((line) => line.length === 64 && heap.includes(line)).length;
}

describe('the text of a private key', () => {
  test.each(ways)('is not in the heap where it came as %s', (way) => {
    expect(linesInHeap(way)).toBe(0);
  });

  test('is found in the heap where somebody keeps it', () => {
    expect(linesInHeap(kept)).toBeGreaterThan(10);
  });
});

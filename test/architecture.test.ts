import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = globSync(['machines/**/*.ts', 'src/**/*.ts'], { cwd: root }).toSorted();
const sourceOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const ports = ['src/event-store/event-store.ts', 'src/gateway/cancel-gateway.ts'];
const leaves = ['src/errors.ts', 'src/host.ts', 'src/instant.ts'];
const appending = 'src/event-store/append-settled.ts';
const gatewayPureParts = ['src/gateway/signing.ts', 'src/gateway/wire.ts', 'src/gateway/limit.ts'];

/**
 * The house: who may import whom of ours, types included. The first room whose path begins a
 * file's path is the file's room; a room may always import itself.
 */
const rooms: readonly (readonly [room: string, mayImport: readonly string[] | 'anything'])[] = [
  ...[...ports, ...leaves].map((file) => [file, []] as const),
  ['machines/', []],
  ['src/interpreter/', ['machines/', 'src/errors.ts']],
  ['src/event-store/', leaves],
  ['src/gateway/', leaves],
  ['src/history/', ['machines/', 'src/interpreter/', ...ports.slice(0, 1), ...leaves]],
  ['src/order/', ['machines/', 'src/interpreter/', 'src/history/', ...ports, appending, ...leaves]],
  [
    'src/recovery/',
    ['machines/', 'src/interpreter/', 'src/history/', 'src/order/', ...ports, ...leaves],
  ],
  [
    'src/payment-orders.ts',
    [
      ...['machines/', 'src/interpreter/', 'src/history/', 'src/order/', 'src/recovery/'],
      ...[...ports, ...leaves],
    ],
  ],
  ['src/dispute/', ['machines/', 'src/interpreter/', 'src/history/', ...leaves]],
  ['src/sandbox/', [...gatewayPureParts, ...leaves]],
  ['src/real-host.ts', ['src/host.ts']],
  [
    'src/testing/',
    [
      ...['machines/', 'src/interpreter/', 'src/history/', 'src/order/', 'src/payment-orders.ts'],
      ...[...ports, ...leaves, 'src/event-store/memory.ts', 'src/real-host.ts'],
    ],
  ],
  ['src/open.ts', 'anything'],
  ['src/index.ts', 'anything'],
  ['src/cli/', 'anything'],
];

const roomOf = (file: string) => rooms.find(([room]) => file.startsWith(room));

function importsOf(file: string): readonly string[] {
  const source = sourceOf.get(file) ?? '';
  const specifiers = [...source.matchAll(/(?:from\s+|import\(\s*|import\s+)'(\.[^']+)'/g)];
  return specifiers.map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

describe('the house', () => {
  test('has a room for every file', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  test('lets every room import only what its place allows', () => {
    const trespassers = files.flatMap((file) => {
      const [room, mayImport] = roomOf(file) ?? ['', []];
      if (mayImport === 'anything') return [];
      return importsOf(file)
        .filter((target) => !target.startsWith(room))
        .filter((target) => !mayImport.some((allowed) => target.startsWith(allowed)))
        .map((target) => `${file} imports ${target}`);
    });
    expect(trespassers).toEqual([]);
  });

  test('has no cycles', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of importsOf(file)) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('names its public surface by hand', () => {
    const wholesale = files.filter((file) => /export \*/.test(sourceOf.get(file) ?? ''));
    expect(wholesale).toEqual([]);
  });
});

describe('time, chance and the world', () => {
  const hidden = [
    ...[/\bDate\b/, /\bMath\.random\b/, /\bsetTimeout\b/, /\bsetInterval\b/, /\brandomUUID\b/],
    ...[/\bfetch\(/, /\bperformance\b/, /\bprocess\.env\b/],
  ];
  const allowed: Record<string, readonly RegExp[]> = {
    'src/real-host.ts': hidden,
    'src/instant.ts': [/\bDate\b/],
    // As a value that no event can hold.
    'src/testing/store-contract-inputs.ts': [/\bDate\b/],
  };

  test('are passed in: a real one is made in one place', () => {
    const found = files
      .filter((file) => !file.startsWith('src/cli/'))
      .flatMap((file) =>
        hidden
          .filter(
            (pattern) => !(allowed[file] ?? []).some(({ source }) => source === pattern.source),
          )
          .filter((pattern) => pattern.test(withoutComments(sourceOf.get(file) ?? '')))
          .map((pattern) => `${file} uses ${pattern.source}`),
      );
    expect(found).toEqual([]);
  });
});

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

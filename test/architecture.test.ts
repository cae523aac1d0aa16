import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = globSync(['machines/**/*.ts', 'src/**/*.ts'], { cwd: root }).toSorted();
const sourceOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const storePort = 'src/event-store/event-store.ts';
const gatewayPort = 'src/gateway/cancel-gateway.ts';
const leaves = [
  ...['src/compact.ts', 'src/errors.ts', 'src/node-version.ts', 'src/parse.ts', 'src/runtime.ts'],
  ...['src/text.ts', 'src/currency.ts', 'src/local-time.ts'],
  'src/foreign-error.ts',
  'src/error-listener.ts',
  'src/sent-error.ts',
  'src/private-files.ts',
  'src/sqlite-errors.ts',
  'src/sqlite-patience.ts',
];
const law = ['machines/', 'src/interpreter/', 'src/history/'];

/**
 * Which room may import which, types included. The rule: an arrow points to what is known earlier
 * in an order's life. The machine imports nothing; histories know the machine; decisions know
 * histories and the two ports, never an adapter; what people read (timeline, report, evidence)
 * knows histories and never decides; only the composition roots know everything.
 *
 * The first room whose path begins a file's path is the file's room. A room may import itself.
 */
const rooms: readonly (readonly [room: string, mayImport: readonly string[] | 'anything'])[] = [
  // Files refuse bad input as everything does.
  ['src/private-files.ts', ['src/errors.ts']],
  ['src/parse.ts', ['src/errors.ts', 'src/runtime.ts']],
  ['src/currency.ts', ['src/errors.ts']],
  ['src/sent-error.ts', ['src/errors.ts']],
  ['src/error-listener.ts', ['src/errors.ts', 'src/foreign-error.ts']],
  ['src/sqlite-patience.ts', ['src/sqlite-errors.ts', 'src/runtime.ts']],
  ['src/local-time.ts', ['src/errors.ts', 'src/runtime.ts']],
  ...[storePort, gatewayPort, ...leaves].map((file) => [file, []] as const),
  ['machines/', []],
  ['src/interpreter/', ['machines/', 'src/errors.ts']],
  ['src/event-store/', leaves],
  ['src/gateway/', leaves],
  ['src/history/', ['machines/', 'src/interpreter/', storePort, ...leaves]],
  ['src/order/', [...law, storePort, gatewayPort, 'src/event-store/append-settled.ts', ...leaves]],
  ['src/inbox/', [...law, 'src/order/', storePort, 'src/event-store/append-settled.ts', ...leaves]],
  // Bills have the same rows wherever they are read from, and what they tell goes into the inbox.
  [
    'src/bill/',
    [
      ...[...law, 'src/order/', 'src/inbox/'],
      ...['bill-rows', 'bill-wire', 'json-rows', 'limits', 'wire'].map(
        (name) => `src/gateway/${name}.ts`,
      ),
      ...[gatewayPort, ...leaves],
    ],
  ],
  [
    'src/recovery/',
    [...law, 'src/order/', 'src/inbox/', 'src/tlog/', storePort, gatewayPort, ...leaves],
  ],
  ['src/order-index/', [...law, 'src/order/', 'src/inbox/events.ts', storePort, ...leaves]],
  // It proves what histories are, and never what they mean.
  [
    'src/tlog/',
    [
      ...[...law, 'src/order/', storePort, 'src/event-store/append-settled.ts'],
      ...['src/gateway/gateway-url.ts', ...leaves],
    ],
  ],
  [
    'src/payment-order-queries.ts',
    [...law, 'src/order/', 'src/order-index/', 'src/recovery/', 'src/tlog/', storePort],
  ],
  ['src/payment-order-facts.ts', [...law, 'src/order/', 'src/payment-order-queries.ts']],
  [
    'src/platform-notices/',
    [
      ...['machines/', 'src/inbox/types.ts', 'src/gateway/signing.ts', 'src/gateway/wire.ts'],
      ...leaves,
    ],
  ],
  ['src/backup.ts', [...law, 'src/order/', 'src/inbox/', 'src/recovery/', storePort, ...leaves]],
  [
    'src/payment-orders.ts',
    [
      ...[...law, 'src/order/', 'src/inbox/', 'src/recovery/', 'src/payment-order-facts.ts'],
      ...['src/backup.ts', 'src/bill/', 'src/order-index/', 'src/tlog/'],
      ...[storePort, gatewayPort, ...leaves],
    ],
  ],
  ['src/verify-histories.ts', ['src/history/']],
  [
    'src/words/',
    [
      ...[...law, 'src/order/', 'src/inbox/types.ts', 'src/bill/types.ts'],
      ...['src/recovery/status.ts', 'src/errors.ts'],
    ],
  ],
  ['src/timeline/', [...law, storePort, 'src/words/', ...leaves]],
  ['src/diagram/', ['machines/', ...leaves]],
  [
    'src/report/',
    [
      ...[...law, 'src/order/', storePort, 'src/timeline/', 'src/diagram/', 'src/words/'],
      ...['src/tlog/', ...leaves],
    ],
  ],
  [
    'src/evidence/',
    [
      ...[...law, storePort, 'src/timeline/', 'src/diagram/', 'src/report/', 'src/words/'],
      ...['src/tlog/', ...leaves],
    ],
  ],
  [
    'src/sandbox/',
    [
      ...['signing', 'wire', 'query-wire', 'bill-wire', 'gateway-url'].map(
        (name) => `src/gateway/${name}.ts`,
      ),
      ...leaves,
    ],
  ],
  [
    'src/testing/',
    [
      ...[...law, 'src/order/', 'src/payment-orders.ts', storePort, gatewayPort, ...leaves],
      'src/event-store/memory.ts',
    ],
  ],
  // What a list says of an order and of who works, on a terminal and on a page.
  [
    'src/listing/',
    [
      ...[
        ...law,
        'src/order/',
        'src/order-index/types.ts',
        'src/inbox/types.ts',
        'src/recovery/',
        'src/words/',
      ],
      ...['src/timeline/amount.ts', ...leaves],
    ],
  ],
  // A page over everything else; it decides nothing.
  [
    'src/console/',
    [
      ...[...law, 'src/order/', 'src/order-index/', 'src/recovery/', 'src/inbox/', 'src/listing/'],
      ...['src/payment-orders.ts', 'src/report/', 'src/timeline/', 'src/words/'],
      ...['src/platform-notices/', storePort, ...leaves],
    ],
  ],
  ...[
    ...['src/open.ts', 'src/open-store.ts', 'src/open-options.ts', 'src/dependencies.ts'],
    ...['src/index.ts', 'src/dispute.ts', 'src/cli/'],
  ].map((room) => [room, 'anything'] as const),
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

  test('knows the library that lays out drawings in one place', () => {
    const users = files.filter((file) => (sourceOf.get(file) ?? '').includes("from '@dagrejs/"));
    expect(users).toEqual(['src/diagram/dagre.ts']);
  });

  test('names its public surface by hand', () => {
    const wholesale = files.filter((file) => /export \*/.test(sourceOf.get(file) ?? ''));
    expect(wholesale).toEqual([]);
  });
});

describe('the tests', () => {
  /** What is tried from outside: the surface over all rooms, the package, recorded data, operators. */
  const besides = ['payment-orders', 'api', 'consumers', 'golden', 'operations'];

  test('lie in directories that mirror the rooms', () => {
    // Of files, for git keeps no empty directory, but a checkout may.
    const paths = globSync('*/**/*.ts', { cwd: join(root, 'test') });
    const directories = new Set(paths.map((path) => path.split('/')[0] ?? ''));
    const rooms = [...directories].filter((name) => !besides.includes(name));
    const isRoom = (name: string) => name === 'machines' || existsSync(join(root, 'src', name));
    expect(rooms.filter((name) => !isRoom(name))).toEqual([]);
    expect(rooms.length).toBeGreaterThan(10);
  });

  test('start processes, servers of EventStoreDB and browsers only in end-to-end tests', () => {
    const unit = globSync(['test/**/*.test.ts', 'trials/**/*.test.ts'], { cwd: root })
      .filter((file) => !file.endsWith('.e2e.test.ts'))
      // One needs a named pipe and a writer to it, the other another time zone.
      .filter((file) => !/gateway\/private-key|history\/golden-altered/.test(file));
    const slow = /node:child_process|eventstoredb-server|playwright|\/child\.ts/;
    const found = unit.filter((file) => slow.test(importLinesOf(file)));
    expect(found).toEqual([]);
  });
});

describe('a source', () => {
  const hidden = [
    ...[/\bDate\b/, /\bMath\.random\b/, /\bsetTimeout\b/, /\bsetInterval\b/, /\brandomUUID\b/],
    // A method of that name is another thing: it is given, too.
    ...[/(?<!\.)\bfetch\(/, /\bperformance\b/, /\bprocess\.env\b/],
  ];
  const allowed: Record<string, readonly RegExp[]> = {
    'src/runtime.ts': hidden,
    // As a value that no event can hold.
    'src/testing/store-contract-inputs.ts': [/\bDate\b/],
  };

  test('is given the time, chance and environment that it uses', () => {
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

function importLinesOf(file: string): string {
  const source = readFileSync(join(root, file), 'utf8');
  return (source.match(/ from '[^']+'/g) ?? []).join('\n');
}

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

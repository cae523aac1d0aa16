import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// `npm run check:consumers`: packs the package as it would be published, installs it into empty
// projects, and compiles and runs what a consumer would write, with each TypeScript in use.

const root = join(import.meta.dirname, '..', '..');
const typescripts = ['5.9', '6', '7'];
const programs = [
  { file: 'consumer.ts', skipLibCheck: false, prints: ['NO MORE cancelled', 'invalid-input'] },
  { file: 'machine-consumer.ts', skipLibCheck: true, prints: ["cancelled [ 'confirmed' ]"] },
];

const directory = mkdtempSync(join(tmpdir(), 'payment-order-consumers-'));
try {
  const run = (command: string, args: readonly string[], cwd = directory) =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  run('npm', ['pack', '--pack-destination', directory], root);
  const [tarball = ''] = globSync('*.tgz', { cwd: directory });
  writeFileSync(join(directory, 'package.json'), '{"private":true,"type":"module"}');
  run('npm', [
    ...['install', '--no-audit', '--no-fund', `./${tarball}`, 'xstate@5.33', '@types/node@24'],
    ...typescripts.map((version) => `typescript-${version}@npm:typescript@${version}`),
  ]);
  for (const { file } of programs) {
    copyFileSync(join(import.meta.dirname, file), join(directory, file));
  }

  for (const typescript of typescripts) {
    for (const { file, skipLibCheck } of programs) {
      const config = {
        compilerOptions: {
          ...{ module: 'nodenext', target: 'es2024', types: ['node'], strict: true },
          ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck },
          lib: ['es2024', 'esnext.disposable'],
          noEmit: true,
        },
        files: [file],
      };
      writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join('node_modules', `typescript-${typescript}`, 'bin', 'tsc');
      const version = run(process.execPath, [tsc, '--version']).trim();
      compile(() => run(process.execPath, [tsc, '-p', '.']));
      const checked = skipLibCheck ? 'without library checks' : 'libraries checked';
      console.log(`${version}: ${file} compiles, ${checked}`);
    }
  }

  for (const { file, prints } of programs) {
    const printed = run(process.execPath, [file]);
    const missing = prints.filter((text) => !printed.includes(text));
    if (missing.length > 0) throw new Error(`${file} printed ${printed}, not ${missing.join()}`);
    console.log(`${file} runs`);
  }

  const packed = globSync('node_modules/payment-order-machine/**/*.js', { cwd: directory });
  const bytes = packed.reduce((sum, file) => sum + statSync(join(directory, file)).size, 0);
  const tarballKib = Math.ceil(statSync(join(directory, tarball)).size / 1_024);
  console.log(
    `packed ${tarballKib} KiB: ${packed.length} modules of ${Math.ceil(bytes / 1_024)} KiB`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** A compiler tells what is wrong on stdout. */
function compile(attempt: () => void): void {
  try {
    attempt();
  } catch (error) {
    const told = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`a consumer does not compile:\n${told}`, { cause: error });
  }
}

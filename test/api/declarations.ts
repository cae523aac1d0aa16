import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from './api-report.ts';

const root = join(import.meta.dirname, '..', '..');

/** Emits the package's declarations into a directory. */
export function emitDeclarations(directory: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, '.config', 'tsconfig.build.json');
  const args = [tsc, '-p', project, '--emitDeclarationOnly', '--outDir', directory];
  execFileSync(process.execPath, args, { cwd: root });
}

/** The package's entries that have types, and where these are emitted. */
export function packageEntries(): readonly Entry[] {
  // publint checks the shape of package.json.
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Record<string, string | { readonly types: string }>;
  };
  return Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string'
      ? []
      : [{ subpath, declarations: target.types.replace('./dist/', '') }],
  );
}

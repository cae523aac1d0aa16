import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Shell snippets, and the output that is shown right below some of them. */
function snippetsOf(guide: string): readonly { readonly shell: string; readonly shown: string }[] {
  const found = guide.matchAll(/```sh\n([\s\S]*?)```(?:\s+```text\n([\s\S]*?)```)?/g);
  return [...found].map(([, shell = '', shown = '']) => ({ shell, shown }));
}

/** A shown line, as a pattern: `…` is anything, and columns may be wider. */
function pattern(line: string): RegExp {
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(escaped.replaceAll(/\s*…\s*/g, '.*').replaceAll(/\s+/g, String.raw`\s+`), 'u');
}

describe.each(['docs/disputes.md', 'docs/disputes.zh-CN.md'])('%s', (file) => {
  const guide = readFileSync(join(root, file), 'utf8');

  test('runs as it is written on the demo, and shows the output', () => {
    const directory = mkdtempSync(join(tmpdir(), 'payment-order-guide-'));
    const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '' };
    const command = `'${process.execPath}' '${join(root, 'src/cli/main.ts')}'`;
    try {
      const snippets = snippetsOf(guide);
      expect(snippets.length).toBeGreaterThan(7);
      for (const { shell, shown } of snippets) {
        for (const [, name = '', value = ''] of shell.matchAll(/^export (\w+)=(\S+)$/gm)) {
          environment[name] = value;
        }
        const script = `set -eu\n${shell.replaceAll('npm run -s payment-order --', command)}`;
        const options = {
          cwd: directory,
          env: environment,
          encoding: 'utf8',
          stdio: 'pipe',
        } as const;
        const output = execFileSync('sh', ['-c', script], options);
        for (const line of shown.split('\n').filter((text) => text !== '')) {
          expect(output, shell).toMatch(pattern(line));
        }
      }
      expect(existsSync(join(directory, 'report.html'))).toBe(true);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('shows pictures that exist', () => {
    const pictures = [...guide.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);
    expect(pictures).toHaveLength(2);
    for (const picture of pictures) {
      const { length } = readFileSync(join(root, 'docs', picture));
      expect(length, picture).toBeGreaterThan(10_000);
      expect(length, picture).toBeLessThan(200_000);
    }
  });
});

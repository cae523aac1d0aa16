import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from './service-process.ts';
import type { Service } from './service-process.ts';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

type Step = { readonly command: string; readonly answer: string };

/** Each curl command of the README, with its line of the answers below it. */
const walk: readonly Step[] = [
  ...readme.matchAll(/```sh\n(curl [\s\S]*?)```\s+```text\n([\s\S]*?)```/g),
].flatMap(([, commands = '', answers = '']) => {
  const each = commands.trim().split(/\n(?=curl )/);
  const lines = answers.trim().split('\n');
  expect(lines, commands).toHaveLength(each.length);
  return each.map((command, index) => ({ command, answer: lines[index] ?? '' }));
});

/** Does what curl would do, so that the machine need not have it. */
async function curl(command: string, { url }: Service) {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|([^\s']+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
  let method = 'GET';
  let target = '';
  let body: string | null = null;
  const headers: [string, string][] = [];
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const next = () => words[(index += 1)] ?? '';
    if (word === '-X') method = next();
    else if (word === '-d') body = next();
    else if (word === '-H') {
      const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(next()) ?? [];
      headers.push([name, value]);
    } else target = word;
  }
  const address = target.replace('http://127.0.0.1:8080', url);
  expect(address).not.toBe(target);
  const response = await fetch(address, { method, headers, body });
  return { status: response.status, body: await response.json() };
}

describe('the walk-through of the README', () => {
  let directory = '';
  let service: Service;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'order-service-walk-'));
    service = await launch('try.ts', { PORT: '0' }, directory);
  });
  afterAll(async () => {
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    rmSync(directory, { recursive: true, force: true });
  });

  test('has every curl command of the README', () => {
    expect(walk).toHaveLength(readme.match(/^curl /gm)?.length ?? 0);
    expect(walk.length).toBeGreaterThan(5);
  });

  test.each(walk)('gets the answer shown: $answer', async ({ command, answer }) => {
    const [, status, shown = ''] = /^(\d{3}) (.*)$/.exec(answer) ?? [];
    const expected: unknown = JSON.parse(shown);
    expect(await curl(command, service)).toMatchObject({ status: Number(status), body: expected });
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Snippet } from './guide.ts';
import { exportedBy, patternsOf, snippetsOf } from './guide.ts';
import { anchorsOf } from './operations/page.ts';
import type { Terminal } from './operations/terminal.ts';
import { terminal } from './operations/terminal.ts';
import { packageSources } from './sources.ts';

const docs = join(import.meta.dirname, '..', 'docs');
const pages = ['transparency-log.md', 'transparency-log.zh-CN.md'];
const read = (name: string) => readFileSync(join(docs, name), 'utf8');

/** The port on which the guide's witness server listens. */
const shownPort = '8786';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

function begin(): Terminal {
  const here = terminal();
  onTestFinished(here.remove);
  return here;
}

/** What does not end by itself is left running once it has said what is shown. */
async function typed(here: Terminal, { shell, shown }: Snippet): Promise<void> {
  Object.assign(here.env, exportedBy(shell));
  if (shell.startsWith('payment-order work ')) await here.sandbox();
  if (/^payment-order (?:witness serve|work) /.test(shell)) {
    await here.leave(shell.trim(), shown.trim());
    return;
  }
  const { code, output } = await here.type(`set -eu;\n${shell}`);
  expect(code, `${shell}\n${output}`).toBe(0);
  for (const pattern of patternsOf(shown)) expect(output, shell).toMatch(pattern);
}

/** A program of the guide is typed as a file that runs from the sources. */
function asShell(here: Terminal, page: string): string {
  const sources = packageSources();
  const ran = `\`\`\`sh\n'${process.execPath}' service.ts\n\`\`\``;
  return page.replace(/```ts\n([\s\S]*?)```/, (_, code: string) => {
    const fromSource = code.replace(
      /from '(payment-order-machine)'/,
      (__, name: string) => `from ${JSON.stringify(sources.get(name))}`,
    );
    here.write('service.ts', fromSource);
    return ran;
  });
}

describe.each(pages)('docs/%s', (name) => {
  const page = read(name);

  test('runs as it is written on the demo, and shows the output', async () => {
    const here = begin();
    const guide = asShell(here, page.replaceAll(shownPort, await freePort()));
    const snippets = snippetsOf(guide);
    expect(snippets.length).toBeGreaterThan(11);
    for (const snippet of snippets) await typed(here, snippet);
  });

  test('leads to headings that are there', () => {
    const links = [...page.matchAll(/\]\(([\w.-]*\.md)?#([^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(20);
    const broken = links.filter(([, file = name, anchor = '']) => {
      return !anchorsOf(read(file)).has(decodeURIComponent(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

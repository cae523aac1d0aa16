import { describe, expect, onTestFinished, test } from 'vitest';
import { commandsOf, page } from './operations/page.ts';
import type { Expected } from './operations/sections.ts';
import { blocked, sections } from './operations/sections.ts';
import { aNewKeyAtThePlatform, cancelled, hoursAgo, lost, serve } from './operations/stories.ts';
import type { Ended, Terminal } from './operations/terminal.ts';
import { terminal } from './operations/terminal.ts';

const commands = commandsOf(page);
const typedIn = (section: string) =>
  commands.flatMap((found) => (found.section === section ? [found.command] : []));

function begin(): Terminal {
  const here = terminal();
  onTestFinished(here.remove);
  return here;
}

/** Types what the page says, line by line; each must end as expected. */
async function follow(here: Terminal, title: string): Promise<void> {
  const lines = sections[title]?.lines ?? [];
  for (const [index, command] of typedIn(title).entries()) {
    const expected = lines[index];
    if (expected === undefined) throw new Error(`nothing is expected of: ${command}`);
    await typed(here, command, expected);
  }
}

async function typed(here: Terminal, command: string, expected: Expected): Promise<void> {
  await expected.given?.(here);
  if (expected.isLeft) {
    const [until] = expected.says;
    await here.leave(command, String(until));
    return;
  }
  const ended = await here.type(command);
  expect(ended.code, `${command}\n${ended.output}`).toBe(expected.code);
  for (const words of expected.says) expect(ended.output, command).toMatch(words);
  expected.check?.(here, ended);
}

const stopped = (ended: readonly Ended[]) => ended.map(({ code }) => code);

describe('docs/operations.md', () => {
  test('has no command of which no test knows what to expect', () => {
    expect(Object.keys(sections)).toEqual([...new Set(commands.map(({ section }) => section))]);
    for (const [title, { lines }] of Object.entries(sections)) {
      const expected = lines.map(({ begins }) => begins);
      const found = typedIn(title).map((command, index) =>
        command.slice(0, expected[index]?.length ?? command.length),
      );
      expect(found, title).toEqual(expected);
    }
  });

  test.each(Object.entries(sections))('is right under "%s"', async (title, { given }) => {
    const here = begin();
    await given(here);
    await follow(here, title);
    // What was left running ends by a signal to stop: 143 where it acts, and by the signal itself.
    for (const code of stopped(await here.stop())) expect([143, null]).toContain(code);
  });

  test('leads a new operator from a backup to twenty settled orders', async () => {
    const here = begin();
    // He makes a backup, loses the store and restores it.
    await sections['Backup and restore']?.given(here);
    await follow(here, 'Backup and restore');
    // The platform takes another key, of which the service knows nothing.
    await aNewKeyAtThePlatform(here);
    await serve(here, cancelled(...blocked));
    // He rotates the key, and settles what the old one blocked, and an order in doubt.
    await follow(here, 'A new key');
    await hoursAgo(here, 9, lost, cancelled('D1'));
    await follow(here, 'The morning after');

    const { output } = await here.type('payment-order list --state cancelled --json');
    const found = JSON.parse(output) as { readonly orders: readonly { orderNo: string }[] };
    const settled = found.orders.map(({ orderNo }) => orderNo);
    expect(settled).toEqual(expect.arrayContaining([...blocked]));
    expect((await here.type('payment-order verify --all')).code).toBe(0);
  });
});

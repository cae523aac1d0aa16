import { describe, expect, test } from 'vitest';
import type { EventType } from '../machines/payment-order.events.ts';
import { eventSchemas } from '../machines/payment-order.events.ts';
import { globalOptions } from '../src/cli/input/settings.ts';
import { commandsNamedIn } from '../src/cli/program.ts';
import * as sqlite from '../src/event-store/sqlite/schema.ts';
import { currentSchemaVersion } from '../src/history/codec.ts';
import { openPaymentOrders } from '../src/open.ts';
import { anchorsOf, page } from './operations/page.ts';

const sentence = (pattern: RegExp) => pattern.exec(page)?.[1] ?? '';
const namesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('docs/operations.md', () => {
  test('leads to headings that are there', () => {
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    const anchors = anchorsOf(page);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });

  test('has every chapter in its list of contents', () => {
    const contents = page.slice(0, page.indexOf('\n## '));
    const chapters = [...anchorsOf(page.slice(page.indexOf('\n## ')).replaceAll(/^### .*$/gm, ''))];
    expect(chapters.filter((anchor) => !contents.includes(`(#${anchor})`))).toEqual([]);
  });

  test('names the schema versions that are written today', () => {
    // Every key of the schemas is an event type; Object.keys widens it.
    const types = Object.keys(eventSchemas) as EventType[];
    const newer = types.filter((type) => currentSchemaVersion(type) > 1).toSorted();
    const written = newer.map((type) => `\`${type}\` ${currentSchemaVersion(type)}`);
    expect(sentence(/^Schema versions above 1 .*: (.*)\. All others are 1\.$/m)).toBe(
      written.join(', '),
    );
  });

  test('names the format of a SQLite file', () => {
    const name = Buffer.from(sqlite.applicationId.toString(16), 'hex').toString();
    expect(page).toContain(`\`user_version\` ${sqlite.schemaVersion} in its header`);
    expect(page).toContain(`\`application_id\` \`${name}\``);
  });

  test('names every field of an order in a list', async () => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    const order = { orderNo: 'O1', processBillNo: 'F1', amountMinor: 1, currency: 'CNY' };
    await orders.create(order);
    const { orders: found } = await orders.search({});
    const named = namesIn(sentence(/^(`list --json` gives for each order: .*\n.*); then once/m));
    expect(named.slice(1).toSorted()).toEqual(Object.keys(found[0] ?? {}).toSorted());
  });

  test('names every field of the status of recovery', async () => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    const named = namesIn(sentence(/^(`orders.recovery` has: .*?)\. A phase/m));
    expect(named.slice(1)).toEqual(Object.keys(orders.recovery));
  });

  test('starts in a container what the command knows', async () => {
    const quoted = [...page.matchAll(/(?:args: |command: |CMD )(\[[^\]]*\])/g)];
    const lines = quoted.map(([, list = '']) =>
      [...list.matchAll(/['"]([^'"]+)['"]/g)].map(([, word = '']) => word),
    );
    expect(lines).toHaveLength(4);
    const [work] = await commandsNamedIn(['work']);
    const options = [...Object.values(globalOptions), ...Object.values(work?.options ?? {})];
    const known = options.map(({ usage }) => usage.split(' ')[0]);
    for (const words of lines) {
      const [name, ...flags] = words.slice(words.indexOf('work'));
      expect(name).toBe('work');
      expect(flags.length).toBeGreaterThan(0);
      for (const flag of flags) expect(known, words.join(' ')).toContain(flag);
    }
  });
});

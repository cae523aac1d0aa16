import { describe, expect, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { aRealOrder } from '../../test/evidence/real-order.ts';
import { inFormat1 } from '../../test/history/format-1.ts';
import { Guesser, linesWith } from './guesser.ts';
import { valueAt } from './hashes.ts';
import type { Fields, Json } from './json.ts';
import { fieldsIn } from './json.ts';
import { inBothFormats, packed, phone, truthOf } from './scenes.ts';

const stored = await aRealOrder(phone);
const runtime = simulatedRuntime();
const histories = {
  'format 1': inFormat1(stored),
  'format 2': stored,
  'both formats': inBothFormats(stored, 6, (bytes) => runtime.randomHex(bytes)),
};
const others = Array.from({ length: 20 }, (_, index) => `1380013${7_000 + index}`);
const candidates = [...others, phone];
/** What must be withheld together with a value, by the format of the events that have it. */
const leaks: readonly {
  readonly what: string;
  readonly leak: (line: Fields) => Json | undefined;
  readonly of?: RegExp;
}[] = [
  { what: 'the digest of a command', leak: (line) => valueAt(line, 'metadata.commandDigest') },
  { what: 'the digest of a notice', leak: (line) => valueAt(line, 'metadata.noticeId') },
  { what: 'the digest of a request', leak: (line) => valueAt(line, 'data.requestSha256') },
  { what: 'the digest of an answer', leak: (line) => valueAt(line, 'data.answerSha256') },
  { what: 'the id of a fact', leak: (line) => valueAt(line, 'data.factId') },
  { what: 'the salt of a value', leak: (line) => valueAt(line, 'metadata.salts'), of: /2|both/ },
  { what: 'the salt of data', leak: (line) => valueAt(line, 'metadata.salt'), of: /1|both/ },
  {
    what: 'the correlation id',
    leak: (line) => valueAt(line, 'metadata.$correlationId'),
    of: /1|both/,
  },
];
/** The link of the chain, which covers salts that nobody else knows. */
const chain = Object.fromEntries(
  ['salt', 'salts', 'dataHash', 'metadataHash', 'prevHash', 'hash'].map((name) => [name, null]),
);
const rules = [{ redact: ['phone'] }, { redact: ['reason', 'actor', 'card', 'phone'] }] as const;

describe('a guesser of phone numbers', () => {
  test('computes every digest of a history as the module does', () => {
    const { lines } = truthOf(stored);
    expect(linesWith(lines, phone, phone)).toEqual(lines);
  });

  test('knows of another number what the module would have stored', async () => {
    const other = '13812345678';
    const { lines } = truthOf(await aRealOrder(other));
    const guessed = linesWith(truthOf(stored).lines, phone, other);
    const withoutChain = (line: Fields) => ({
      data: line['data'],
      metadata: { ...fieldsIn(line, 'metadata'), ...chain },
    });
    expect(guessed.map(withoutChain)).toEqual(lines.map(withoutChain));
  });

  describe.each(Object.entries(histories))('of a package in %s', (format, events) => {
    const { lines } = truthOf(events);

    test.each(rules)('confirms none from what is shown without $redact', async ({ redact }) => {
      const files = await packed(events, redact, true);
      const guesser = new Guesser(files, lines, phone);
      expect([...files.values()].join('\n')).not.toContain(phone);
      expect(candidates.filter((candidate) => guesser.confirms(candidate))).toEqual([]);
    });

    test.each(leaks.filter(({ of = /./ }) => of.test(format)))(
      'confirms the number where $what is shown',
      async ({ leak }) => {
        const files = await packed(events, ['reason', 'actor', 'card', 'phone'], true);
        files.set('leak.json', JSON.stringify(lines.map(leak)));
        const guesser = new Guesser(files, lines, phone);
        expect(candidates.filter((candidate) => guesser.confirms(candidate))).toEqual([phone]);
      },
    );
  });
});

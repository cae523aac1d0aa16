import { afterAll, describe, expect, test } from 'vitest';
import { appendPromises } from './contract-append.ts';
import { followPromises } from './contract-follow.ts';
import { inputPromises } from './contract-inputs.ts';
import { readPromises } from './contract-read.ts';
import type { OpenStore, Promise_ } from './support.ts';

/**
 * What the words of the port mean: the one suite that every store passes. `cannotKeep` lists, by
 * title and with the reason, the promises that a store cannot keep; they are skipped by name.
 */
export function storeContract(
  name: string,
  open: OpenStore,
  cannotKeep: Readonly<Record<string, string>> = {},
): void {
  describe(`the store contract, kept by ${name}`, () => {
    const titles = new Set<string>();
    const promise: Promise_ = (title, run) => {
      titles.add(title);
      const reason = cannotKeep[title];
      if (reason !== undefined) {
        test.skip(`${title} (cannot: ${reason})`, () => undefined);
        return;
      }
      test(title, async () => {
        const opened = await open();
        try {
          await run(opened);
        } finally {
          await opened.cleanup();
        }
      });
    };

    describe('append', () => {
      appendPromises(promise, open);
    });
    describe('read', () => {
      readPromises(promise, open);
    });
    describe('subscribe and close', () => {
      followPromises(promise);
    });
    describe('bad inputs', () => {
      inputPromises(promise, open);
    });

    afterAll(() => {
      // A title that no longer exists would excuse nothing, silently.
      for (const title of Object.keys(cannotKeep)) expect([...titles]).toContain(title);
    });
  });
}

import { describe, test } from 'vitest';
import { storeContract as casesOf } from '../../src/testing/store-contract.ts';
import type { OpenStore } from '../../src/testing/store-contract-support.ts';

/** Runs the contract that every store keeps; what a store cannot keep is skipped by name. */
export function storeContract(
  name: string,
  open: OpenStore,
  cannotKeep: Readonly<Record<string, string>> = {},
): void {
  describe(`the store contract, kept by ${name}`, () => {
    for (const { name: title, skip, run } of casesOf(name, open, { cannotKeep })) {
      if (skip === undefined) test(title, run);
      else test.skip(`${title} (cannot: ${skip})`, run);
    }
  });
}

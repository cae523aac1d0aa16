import type { ContractCase, ContractOptions } from './contract-case.ts';
import { contractOf } from './contract-case.ts';
import { appendPromises } from './store-contract-append.ts';
import { followPromises } from './store-contract-follow.ts';
import { inputPromises } from './store-contract-inputs.ts';
import { readPromises } from './store-contract-read.ts';
import type { OpenStore } from './store-contract-support.ts';

/**
 * The contract of the port `EventStore`, as cases for any test runner. The stores for memory, SQLite
 * and EventStoreDB pass the same cases. Each case opens a store and cleans it up.
 *
 * @throws TypeError if `cannotKeep` names a case that does not exist.
 */
export function storeContract(
  name: string,
  open: OpenStore,
  options: ContractOptions = {},
): readonly ContractCase[] {
  const promises = { ...appendPromises, ...readPromises, ...followPromises, ...inputPromises };
  return contractOf(name, open, promises, options);
}

import type { Bug, Detector } from './bugs.ts';

const seeds: Detector = { by: 'seeds' };
const tests: Detector = { by: 'tests', files: 'test/payment-orders/kept-folds.test.ts' };

/** What could go wrong with a fold that was kept. */
export const bugsOfKeptFolds: readonly Bug[] = [
  {
    name: 'an answer is given from a kept fold, and nobody looks',
    file: 'src/order/transact.ts',
    from: "    return made.kind === 'append' ? made : null;",
    to: '    return made;',
    detector: seeds,
  },
  {
    name: 'an error is thrown from a kept fold, and nobody looks',
    file: 'src/order/transact.ts',
    from: '  } catch {\n    return null;\n  }',
    to: '  } catch (error) {\n    throw error as Error;\n  }',
    detector: tests,
  },
  {
    name: 'a conflict does not drop the kept fold',
    file: 'src/order/transact.ts',
    from: '    kept.drop(orderNo);\n    return null;',
    to: '    return null;',
    detector: tests,
  },
  {
    name: 'a doubt does not drop the kept fold',
    file: 'src/order/transact.ts',
    from: '    kept.doubted(orderNo);\n',
    to: '',
    detector: seeds,
  },
  {
    name: 'a kept fold is continued by a stream that does not hold it',
    file: 'src/history/load.ts',
    from: "    else if (recorded.metadata['hash'] === hash) now = order;\n    else return null;",
    to: "    else if (recorded.metadata['hash'] !== '' || hash === '') now = order;",
    detector: tests,
  },
  {
    name: 'evidence is decided on what was kept, not on what it found',
    file: 'src/order/handle.ts',
    from: "  if (type === 'ResolveCancel') return currentOrder(dependencies, orderNo);\n",
    to: '',
    detector: { by: 'tests', files: 'test/payment-orders/stale-evidence.test.ts' },
  },
];

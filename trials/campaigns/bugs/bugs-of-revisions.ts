import type { Bug } from './bugs.ts';

/** What could go wrong where somebody decides on what somebody saw. */
export const bugsOfRevisions: readonly Bug[] = [
  {
    name: 'a command is decided though the order moved on since it was seen',
    file: 'src/order/refused.ts',
    from: 'ifRevision === undefined || ifRevision === revision',
    to: 'ifRevision === undefined || ifRevision <= revision',
    detector: { by: 'tests', files: 'test/payment-orders/revision-seen.test.ts' },
  },
  {
    name: 'a repeat is refused because the order moved on',
    file: 'src/order/decide.ts',
    from: '  const repeat = commandId === undefined ? undefined : order.deduplication.command(commandId);',
    to:
      '  requireSeen(order.stream, order.head, ifRevision);\n' +
      '  const repeat = commandId === undefined ? undefined : order.deduplication.command(commandId);',
    detector: { by: 'tests', files: 'test/payment-orders/revision-seen.test.ts' },
  },
  {
    name: 'a preview claims the account that it only looks for',
    file: 'src/order/gateways.ts',
    from: "    if (adopting === 'looks') return candidate;\n",
    to: '',
    detector: { by: 'tests', files: 'test/payment-orders/preview.test.ts' },
  },
];

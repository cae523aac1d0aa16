import { PaymentOrderError } from '../../errors.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { absenceOf, pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFaults, warn } from '../output/failure.ts';
import { stopping, withOrders } from '../session.ts';

export const commands = [
  command('backup <FILE>', {
    about: 'copy a SQLite store that is in use into a new file, and check the copy',
    run: (context, _flags, file) => backup(context, file),
  }),
];

/** Damage is reported, and the copy is kept: an older one may not hold what it holds. */
function backup(context: Context, file: string): Promise<number> {
  const { io, screen, settings, words } = context;
  const absence = absenceOf(settings, words);
  if (absence !== null) throw new PaymentOrderError('store-unavailable', absence);
  return withOrders(context, async (orders) => {
    // A signal leaves no half of a copy, which would hold all orders, under a hidden name.
    const { signal } = stopping(context);
    const made = await orders.backup(pathAt(io.cwd, file), { signal });
    const { head, storeFaults, faults } = made;
    await screen.answer({ ...made, file }, () => [
      words.store.backedUp(escapeForTerminal(file), made),
      ...(head === null
        ? []
        : [words.store.backupHead(head.orderNo, `${head.revision}:${head.hash}`)]),
    ]);
    for (const message of storeFaults) warn(context, { code: 'store-corrupt', message });
    const exitCode = reportFaults(context, faults, 'many');
    return storeFaults.length > 0 ? exitCodes.integrity : exitCode;
  });
}

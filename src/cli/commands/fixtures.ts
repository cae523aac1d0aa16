import { Anonymiser } from '../../history/anonymise.ts';
import { escapeForTerminal } from '../../text.ts';
import { writeBundle } from '../input/bundle-directory.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { withOrders } from '../session.ts';

/** Every history of the store as a file of its own: what a change gate is fed with. */
export function exportFixtures(
  context: Context,
  directory: string,
  isAnonymised: boolean,
): Promise<number> {
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    const anonymiser = new Anonymiser();
    const files = new Map<string, string>();
    let count = 0;
    for await (const orderNo of orders.orderNumbers()) {
      const recorded = await orders.recordedEvents(orderNo);
      const events = isAnonymised ? anonymiser.history(recorded) : recorded;
      count += events.length;
      const name = String(files.size + 1).padStart(6, '0');
      files.set(`${name}.json`, `${JSON.stringify(events, null, 2)}\n`);
    }
    writeBundle(pathAt(context.io.cwd, directory), files);
    if (screen.json) screen.document({ directory, histories: files.size, events: count });
    else screen.lines([words.history.written(escapeForTerminal(directory), count)]);
    return exitCodes.ok;
  });
}

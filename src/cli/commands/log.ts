import type { Context } from '../context.ts';
import { eventBlocks } from '../output/event-blocks.ts';
import type { EventFilter } from '../input/event-filter.ts';
import { isFiltering, isShown } from '../input/event-filter.ts';
import { eventLines, told } from '../output/event-lines.ts';
import { warnOfFaults } from '../output/faults.ts';
import { existing, withOrders } from '../session.ts';

export type LogFlags = {
  readonly ndjson?: boolean;
  readonly detailed?: boolean;
  readonly type?: readonly string[];
  readonly failed?: boolean;
};

/** Events as they are found, also those that this version does not know: they hide no other. */
export function log(context: Context, orderNo: string, flags: LogFlags): Promise<number> {
  const { screen, settings, words } = context;
  const filter: EventFilter = {
    ...{ types: flags.type ?? [], actor: settings.actorGiven, failed: flags.failed ?? false },
  };
  return withOrders(context, 'read', async (orders) => {
    const all = told(context, await existing(orders, orderNo));
    const shown = all.filter(({ event, entry }) => isShown(filter, event, entry));
    const hidden = all.length - shown.length;
    if (flags.ndjson === true) for (const { event } of shown) screen.document(event);
    else if (screen.json) {
      const events = shown.map(({ event }) => event);
      screen.document({ events, ...(isFiltering(filter) ? { hidden } : {}) });
    } else {
      const isDetailed = flags.detailed === true;
      screen.lines(isDetailed ? eventBlocks(context, shown) : await eventLines(context, shown));
      if (hidden > 0) screen.talk(words.history.hidden(hidden));
    }
    return warnOfFaults(context, orders, orderNo);
  });
}

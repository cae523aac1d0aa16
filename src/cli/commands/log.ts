import { command } from '../command.ts';
import type { Flags } from '../input/options.ts';
import { flag, list } from '../input/options.ts';
import type { Context } from '../io.ts';
import { isFiltering, isShown } from '../input/event-filter.ts';
import { eventBlocks, eventLines, told } from '../output/event-lines.ts';
import { existing, withOrders, warnOfFaults } from '../session.ts';

const options = {
  detailed: flag('--detailed', 'all that is stored of each event'),
  type: list('--type <TYPES>', 'only these event types, joined by commas'),
  failed: flag('--failed', 'only rejections, failures, unsuccessful outcomes and new anomalies'),
  ndjson: flag('--ndjson', 'one JSON document a line'),
};

export const commands = [
  command('log <ORDER>', {
    about: 'its stored events, oldest first',
    options,
    help: '\nWith --actor, only what this actor did: ID of any kind, or KIND:ID.',
    run: (context, flags, orderNo) => log(context, orderNo, flags),
  }),
];

/** Shows events as they were found; those that this version does not know hide no others. */
function log(context: Context, orderNo: string, flags: Flags<typeof options>): Promise<number> {
  const { screen, settings, words } = context;
  const filter = { types: flags.type, actor: settings.actorGiven, failed: flags.failed };
  return withOrders(context, 'read', async (orders) => {
    const all = told(context, await existing(orders, orderNo));
    const shown = all.filter(({ event, entry }) => isShown(filter, event, entry));
    const hidden = all.length - shown.length;
    if (flags.ndjson) for (const { event } of shown) screen.document(event);
    else if (screen.json) {
      const events = shown.map(({ event }) => event);
      screen.document({ events, hidden: isFiltering(filter) ? hidden : undefined });
    } else {
      screen.lines(flags.detailed ? eventBlocks(context, shown) : await eventLines(context, shown));
      if (hidden > 0) screen.talk(words.history.hidden(hidden));
    }
    return warnOfFaults(context, orders, orderNo);
  });
}

import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';
import { command } from '../command.ts';
import type { Flags } from '../input/options.ts';
import { flag, list } from '../input/options.ts';
import type { Context } from '../io.ts';
import { described, eventBlocks, eventLines } from '../output/event-lines.ts';
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
    const all = described(context, await existing(orders, orderNo));
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

type EventFilter = {
  /** Event types; all where none is given. */
  readonly types: readonly string[];
  /** `ID`, of whatever kind, or `KIND:ID`. */
  readonly actor: string | undefined;
  /** Only failures: see `TimelineEntry.isFailure`. */
  readonly failed: boolean;
};

function isFiltering({ types, actor, failed }: EventFilter): boolean {
  return types.length > 0 || actor !== undefined || failed;
}

function isShown(filter: EventFilter, event: DisputeEvent, entry: TimelineEntry): boolean {
  const { types, actor, failed } = filter;
  return (
    (types.length === 0 || types.includes(event.type)) &&
    (actor === undefined || isActor(entry.actor, actor)) &&
    (!failed || entry.isFailure)
  );
}

function isActor(named: string | null, wanted: string): boolean {
  if (named === null) return false;
  return named === wanted || named.slice(named.indexOf(':') + 1) === wanted;
}

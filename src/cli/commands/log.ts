import { eventSchemas } from '../../../machines/payment-order.events.ts';
import type { DisputeEvent, TimelineEntry } from '../../dispute.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { oneOf } from '../input/arguments.ts';
import { flag, list } from '../input/options.ts';
import { described, eventBlocks, eventLines } from '../output/event-lines.ts';
import { existing, readOrder } from '../session.ts';

const eventTypes = Object.keys(eventSchemas);

/** Events are shown as they were found; those that this version does not know hide no others. */
export const commands = [
  command('log <ORDER>', {
    about: 'its stored events, oldest first',
    options: {
      detailed: flag('--detailed', 'all that is stored of each event'),
      type: list('--type <TYPES>', 'only these event types, joined by commas'),
      failed: flag(
        '--failed',
        'only rejections, failures, unsuccessful outcomes and new anomalies',
      ),
      ndjson: flag('--ndjson', 'one JSON document a line'),
    },
    help: '\nWith --actor, only what this actor did: ID of any kind, or KIND:ID.',
    run: (context, { detailed, type, failed, ndjson }, orderNo) => {
      const { screen, settings, words } = context;
      const types = type.map((name) => oneOf(name, eventTypes, '--type'));
      const filter = { types, actor: settings.actorGiven, failed };
      return readOrder(context, orderNo, async (orders) => {
        const all = described(context, await existing(orders, orderNo));
        const shown = all.filter(({ event, entry }) => isShown(filter, event, entry));
        const hidden = all.length - shown.length;
        const events = shown.map(({ event }) => event);
        if (ndjson) for (const event of events) screen.document(event);
        else if (screen.json) {
          screen.document({ events, hidden: isFiltering(filter) ? hidden : undefined });
        } else {
          screen.lines(await (detailed ? eventBlocks : eventLines)(context, shown));
          if (hidden > 0) screen.talk(words.history.hidden(hidden));
        }
      });
    },
  }),
];

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

/** An entry names its actor escaped. */
function isActor(named: string | null, given: string): boolean {
  if (named === null) return false;
  const wanted = escapeForTerminal(given);
  return named === wanted || named.slice(named.indexOf(':') + 1) === wanted;
}

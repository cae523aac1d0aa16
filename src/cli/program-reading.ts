import type { Command } from 'commander';
import type { ListFlags } from './commands/list.ts';
import type { LogFlags } from './commands/log.ts';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

const ndjson = ['--ndjson', 'one JSON document a line'] as const;

/** Reading never calls, fires or writes. */
export function addReading(program: Command, choose: Choose): void {
  program
    .command('show <ORDER>')
    .description('the order as its history tells it, now or as of a revision or a time')
    .option(
      '--as-of <REV|TIME>',
      'a revision, or ISO 8601 with an offset: what was recorded by then',
    )
    .option('--occurred', 'with --as-of TIME: and the facts that had happened, recorded later')
    .action((orderNo: string, flags: { readonly asOf?: string; readonly occurred?: boolean }) => {
      choose(async (context) => (await import('./commands/show.ts')).show(context, orderNo, flags));
    });
  program
    .command('log <ORDER>')
    .description('its stored events, oldest first')
    .option('--detailed', 'all that is stored of each event')
    .option('--type <TYPES>', 'only these event types, joined by commas', commas)
    .option('--failed', 'only rejections, outcomes that are no cancel, failures, new anomalies')
    .option(...ndjson)
    .addHelpText('after', '\nWith --actor only what this actor did: ID of any kind, or KIND:ID.')
    .action((orderNo: string, flags: LogFlags) => {
      choose(async (context) => (await import('./commands/log.ts')).log(context, orderNo, flags));
    });
  program
    .command('list')
    .description('all orders, in the order of their creation')
    .option('--state <STATE>', 'created, paying, paid, cancelling, cancelled or failed')
    .option(
      '--attention',
      'those that somebody must look at: in needsReview, or with an open anomaly',
    )
    .option(...ndjson)
    .action((flags: ListFlags) => {
      choose(async (context) => (await import('./commands/list.ts')).list(context, flags));
    });
  program
    .command('diagram [ORDER]')
    .description('the machine as a diagram, with the way of an order drawn in, or as a table')
    .option('--format <FORMAT>', 'mermaid, dot, svg or table', 'mermaid')
    .action((orderNo: string | undefined, flags: { readonly format: string }) => {
      choose(async (context) =>
        (await import('./commands/diagram.ts')).drawDiagram(context, orderNo, flags.format),
      );
    });
}

function commas(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

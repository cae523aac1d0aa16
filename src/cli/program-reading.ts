import type { Command } from 'commander';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

type LinesFlags = { readonly ndjson?: boolean };

/** Reading never calls, fires or writes. */
export function addReading(program: Command, choose: Choose): void {
  program
    .command('show <ORDER>')
    .description('the order as its history tells it')
    .action((orderNo: string) => {
      choose(async (context) => (await import('./commands/show.ts')).show(context, orderNo));
    });
  program
    .command('log <ORDER>')
    .description('its stored events, oldest first')
    .option('--ndjson', 'one JSON document a line')
    .action((orderNo: string, flags: LinesFlags) => {
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
    .option('--ndjson', 'one JSON document a line')
    .action((flags: LinesFlags & { readonly state?: string; readonly attention?: boolean }) => {
      choose(async (context) => (await import('./commands/list.ts')).list(context, flags));
    });
  program
    .command('verify [ORDER]')
    .description('check the history against its hashes, the machine, and a witness')
    .option('--all', 'every order of the store, and the store itself')
    .option('--witness <REVISION:HASH>', 'a head seen before, kept elsewhere')
    .action(
      (
        orderNo: string | undefined,
        flags: { readonly all?: boolean; readonly witness?: string },
      ) => {
        choose(async (context) =>
          (await import('./commands/verify.ts')).verify(context, orderNo, flags),
        );
      },
    );
  program
    .command('diagram [ORDER]')
    .description('the machine as a diagram, with the way of an order drawn in')
    .option('--format <FORMAT>', 'mermaid, dot or svg', 'mermaid')
    .action((orderNo: string | undefined, flags: { readonly format: string }) => {
      choose(async (context) =>
        (await import('./commands/diagram.ts')).drawDiagram(context, orderNo, flags.format),
      );
    });
}

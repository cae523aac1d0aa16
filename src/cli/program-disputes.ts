import type { Command } from 'commander';
import type { ExportFlags } from './commands/export.ts';
import type { ReplayFlags } from './commands/replay.ts';
import type { VerifyFlags } from './commands/verify.ts';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

const first = ['--first', 'with --all: stop at the first that is not right'] as const;
const ndjson = ['--ndjson', 'with --all: one JSON document a line, in constant memory'] as const;

/** To find out what happened, and whether the record can be believed. */
export function addDisputes(program: Command, choose: Choose): void {
  program
    .command('verify [ORDER]')
    .description('check the history against its hashes, the machine, and a witness')
    .option('--all', 'every order of the store, and the store itself')
    .option(...first)
    .option(...ndjson)
    .option('--witness <REVISION:HASH>', 'a head seen before, kept elsewhere')
    .option('--bundle <DIR>', 'a package of evidence instead, without any store')
    .option('--seal <SHA256>', 'with --bundle: that of its manifest, as export gave it')
    .option('--originals <FILE>', 'with --bundle: events that were withheld, one a line, to prove')
    .action((orderNo: string | undefined, flags: VerifyFlags) => {
      choose(async (context) =>
        (await import('./commands/verify.ts')).verify(context, orderNo, flags),
      );
    });
  program
    .command('replay [ORDER]')
    .description('the history as it was recorded, or derived again and compared')
    .option('--check', "fold it through today's machine; exit 4 where that goes another way")
    .option('--all', 'with --check: every order of the store')
    .option(...first)
    .option(...ndjson)
    .option('--machine <FILE>', 'with --check --all: a module that exports another machine')
    .action((orderNo: string | undefined, flags: ReplayFlags) => {
      choose(async (context) =>
        (await import('./commands/replay.ts')).replay(context, orderNo, flags),
      );
    });
  addExport(program, choose);
  addQuestions(program, choose);
}

function addQuestions(program: Command, choose: Choose): void {
  program
    .command('attempts <ORDER>')
    .description('one line for each call to the gateway')
    .action((orderNo: string) => {
      choose(async (context) =>
        (await import('./commands/attempts.ts')).attempts(context, orderNo),
      );
    });
  program
    .command('diff <ORDER> <A..B>')
    .description('what the order knew at revision A and at revision B')
    .action((orderNo: string, range: string) => {
      choose(async (context) => (await import('./commands/diff.ts')).diff(context, orderNo, range));
    });
  program
    .command('explain <ORDER> <COMMAND>')
    .description('whether a command would be accepted now, why not, and what would be')
    .action((orderNo: string, command: string) => {
      choose(async (context) =>
        (await import('./commands/explain.ts')).explain(context, orderNo, command),
      );
    });
  program
    .command('bisect <ORDER>')
    .description('the first revision at which a condition holds, and every span in which it does')
    .requiredOption('--when <CONDITION>', "such as 'state=cancelling.inDoubt' or 'paid,closed'")
    .addHelpText(
      'after',
      `
Conditions: state=S (or inside it), type=T, anomaly=CODE, attempts=N, and started, paid, failed,
closed, in-doubt, anomaly (an open one); != or a ! before a word for the opposite, commas join.
A condition may hold, cease and hold again: every revision is looked at, none is skipped.`,
    )
    .action((orderNo: string, flags: { readonly when: string }) => {
      choose(async (context) =>
        (await import('./commands/bisect.ts')).bisect(context, orderNo, flags.when),
      );
    });
}

function commas(text: string): readonly string[] {
  return text.split(',').filter((part) => part !== '');
}

function addExport(program: Command, choose: Choose): void {
  program
    .command('export [ORDER]')
    .description('its history as one HTML file, or as a package of evidence; or all as fixtures')
    .option('--html <FILE>', 'one file that opens without a network')
    .option('--bundle <DIR>', 'events, tables, report, diagram and a manifest of their digests')
    .option('--redact <RULES>', 'withhold: reason, actor, card, phone, joined by commas', commas)
    .option('--purpose <TEXT>', 'with --bundle: what it is made for; --actor says who made it')
    .option('--as-of <REV|TIME>', 'only what was recorded by then')
    .option('--fixtures <DIR>', 'without ORDER: every history as a file for tests')
    .option('--anonymise', 'with --fixtures: other numbers, ids, texts, amounts and days')
    .action((orderNo: string | undefined, flags: ExportFlags) => {
      choose(async (context) =>
        (await import('./commands/export.ts')).exportOrder(context, orderNo, flags),
      );
    });
}

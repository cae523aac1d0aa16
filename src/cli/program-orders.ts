import type { Command } from 'commander';
import type { ClosedFlags, FactFlags, PaidFlags } from './commands/facts.ts';
import type { AmountFlags, NoteFlags } from './commands/orders.ts';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

const recordedOnlyWithActor = `
If it is rejected, that is recorded only if it names who asked: give --actor.`;

/** Commands may be rejected. */
export function addOrderCommands(program: Command, choose: Choose): void {
  const load = () => import('./commands/orders.ts');
  program
    .command('create <ORDER>')
    .description('create an order')
    .requiredOption('--process-bill-no <NO>', 'the process bill it belongs to')
    .option('--amount <MINOR>', 'minor units, as fen for CNY; with --currency')
    .option('--currency <CODE>', 'ISO 4217')
    .action((orderNo: string, flags: AmountFlags & { readonly processBillNo: string }) => {
      choose(async (context) => (await load()).create(context, orderNo, flags));
    });
  program
    .command('start <ORDER>')
    .description('the payer was sent to pay')
    .addHelpText('after', recordedOnlyWithActor)
    .action((orderNo: string) => {
      choose(async (context) => (await load()).start(context, orderNo));
    });
  program
    .command('cancel <ORDER>')
    .description('cancel at the gateway; waits for the outcome of the first attempt')
    .addHelpText('after', recordedOnlyWithActor)
    .option('--reason <TEXT>', 'sent with the call, at most 512 characters')
    .option('--no-wait', 'answer when the request is recorded; the call is finished all the same')
    .action((orderNo: string, flags: { readonly reason?: string; readonly wait: boolean }) => {
      choose(async (context) => (await load()).cancel(context, orderNo, flags));
    });
  program
    .command('retry <ORDER>')
    .description('operator: make another attempt now')
    .option('--note <TEXT>', 'kept with the event')
    .action((orderNo: string, flags: NoteFlags) => {
      choose(async (context) => (await load()).retry(context, orderNo, flags));
    });
  program
    .command('abandon <ORDER>')
    .description('operator: give the cancel up; never while in doubt')
    .option('--note <TEXT>', 'kept with the event')
    .action((orderNo: string, flags: NoteFlags) => {
      choose(async (context) => (await load()).abandon(context, orderNo, flags));
    });
  program
    .command('resolve <ORDER> <RESOLUTION>')
    .description('operator: end a doubt by evidence: cancelled, paid, failed or open')
    .requiredOption('--evidence <TEXT>', 'what was found, and where')
    .action((orderNo: string, resolution: string, flags: { readonly evidence: string }) => {
      choose(async (context) => (await load()).resolve(context, orderNo, resolution, flags));
    });
  program
    .command('acknowledge <ORDER> <N>')
    .description('operator: close an anomaly by its number')
    .option('--note <TEXT>', 'kept with the event')
    .action((orderNo: string, number: string, flags: NoteFlags) => {
      choose(async (context) => (await load()).acknowledge(context, orderNo, number, flags));
    });
}

/** Facts are never rejected. */
export function addFacts(program: Command, choose: Choose): void {
  const load = () => import('./commands/facts.ts');
  const occurredAt = ['--occurred-at <TIME>', 'ISO 8601 with an offset'] as const;
  const factId = [
    '--fact-id <ID>',
    'what the source calls it; the same again is a duplicate',
  ] as const;
  program
    .command('paid <ORDER>')
    .description('fact: money came in')
    .requiredOption('--transaction-no <NO>', "the channel's number of the payment")
    .option('--amount <MINOR>', 'minor units, as fen for CNY; with --currency')
    .option('--currency <CODE>', 'ISO 4217')
    .option(...occurredAt)
    .option(...factId)
    .action((orderNo: string, flags: PaidFlags) => {
      choose(async (context) => (await load()).paid(context, orderNo, flags));
    });
  program
    .command('failed <ORDER>')
    .description('fact: the payment failed')
    .option(...factId)
    .option('--code <CODE>', "the channel's code")
    .option(...occurredAt)
    .action((orderNo: string, flags: FactFlags) => {
      choose(async (context) => (await load()).failed(context, orderNo, flags));
    });
  program
    .command('closed <ORDER>')
    .description('fact: the platform or the channel closed it')
    .option(...factId)
    .option('--code <CODE>', "the channel's code")
    .option('--cause <CAUSE>', 'expired, closed-by-platform or closed-by-channel')
    .option(...occurredAt)
    .action((orderNo: string, flags: ClosedFlags) => {
      choose(async (context) => (await load()).closed(context, orderNo, flags));
    });
}

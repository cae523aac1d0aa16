import type { Command } from 'commander';
import { faultMeanings } from '../sandbox/faults.ts';
import type { SandboxFlags } from './commands/sandbox.ts';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

/** To try it, to run it, and to find out why it does not run. */
export function addService(program: Command, choose: Choose): void {
  program
    .command('demo')
    .description('five short stories of a cancel, against a sandbox in this process')
    .action(() => {
      choose(async (context) => (await import('./commands/demo.ts')).demo(context));
    });
  program
    .command('sandbox')
    .description('a gateway to develop against, on loopback, until a signal')
    .option('--port <PORT>', 'where it listens', '8787')
    .option('--fault <PLAN>', "such as 'O1=silent-after,ok;*=http-500'")
    .option('--keys <DIR>', 'where its key pair is kept', '.payment-order-sandbox')
    .addHelpText('after', faultHelp())
    .action((flags: SandboxFlags) => {
      choose(async (context) => (await import('./commands/sandbox.ts')).sandbox(context, flags));
    });
  program
    .command('work')
    .description('fire the due timers of all orders: retries, probes, abandoned attempts')
    .option('--once', 'what is due now, then exit')
    .action((flags: { readonly once?: boolean }) => {
      choose(async (context) => (await import('./commands/work.ts')).work(context, flags));
    });
  program
    .command('doctor')
    .description('check this machine and these settings, and say what to do')
    .action(() => {
      choose(async (context) => (await import('./commands/doctor.ts')).doctor(context));
    });
}

/** Every fault with its meaning; this file is small enough to be loaded for every command. */
function faultHelp(): string {
  const meanings: Readonly<Record<string, string>> = {
    ...faultMeanings,
    'code:CODE': 'not executed; this responseCode, such as code:403001',
    'delay:MS': 'so long before it; alone, or joined to another: delay:300+http-500',
  };
  const nameCharacters = Math.max(...Object.keys(meanings).map(({ length }) => length));
  return [
    '',
    'Faults:',
    ...Object.entries(meanings).map(
      ([name, meaning]) => `  ${name.padEnd(nameCharacters)}  ${meaning}`,
    ),
    '',
    'A plan gives an order, or * for all others, a fault for its first request, its second, and so',
    'on; then all is ok. For example, the first answer to O1 is lost, its second request is handled,',
    'and the first request of any other order fails after 300 ms:',
    "  --fault 'O1=silent-after,ok;*=delay:300+http-500'",
  ].join('\n');
}

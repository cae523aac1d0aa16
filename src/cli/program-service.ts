import type { Command } from 'commander';
import type { Choose } from './context.ts';

// Commander hands over what the lines above each action declare; it does not type it.

type SandboxFlags = { readonly port: string; readonly fault?: string; readonly keys: string };

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

import { Command, Option } from 'commander';
import type { Choose, Job } from './context.ts';
import type { Io } from './io.ts';
import { addDisputes } from './program-disputes.ts';
import { addFacts, addOrderCommands } from './program-orders.ts';
import { addReading } from './program-reading.ts';
import { addService } from './program-service.ts';
import type { Screen } from './output/screen.ts';
import { version } from './version.ts';

const footer = `
Environment: PAYMENT_ORDER_STORE, _ATTEMPT_LIMIT_MS, _ATTEMPT_DEADLINE_MS, _GATEWAY_URL,
_GATEWAY_APP_ID, _GATEWAY_PRIVATE_KEY_FILE, _GATEWAY_ALLOW_INSECURE_HTTP=yes, each beginning with
PAYMENT_ORDER; options win. The gateway's are needed only where a call may be made.

Exit codes: 0 ok (whatever the gateway answered), 1 runtime, 2 usage or invalid input, 3 integrity,
4 replay divergence, 5 not found, 6 store unavailable, 7 rejected; 130 and 143 after a signal.`;

/** Where no terminal says how wide it is. */
const helpColumns = 80;

/** The commands and their options, as commander reads them. */
export function buildProgram(
  { stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>,
  screen: Screen,
  chosen: (job: Job, storesInput: boolean) => void,
): Command {
  const program = new Command('payment-order')
    .description('Event-sourced payment orders: work on them, and look into their histories.')
    .version(version(), '--version')
    .configureOutput({
      writeOut: (text) => {
        screen.lines([text.trimEnd()]);
      },
      writeErr: (text) => {
        screen.talk(text.trimEnd());
      },
      getOutHelpWidth: () => stdout.columns ?? helpColumns,
      getErrHelpWidth: () => stderr.columns ?? helpColumns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // Said once, by whoever catches it.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .addHelpText('after', footer);
  addGlobalOptions(program);
  const chooseStoring: Choose = (job) => {
    chosen(job, true);
  };
  const choose: Choose = (job) => {
    chosen(job, false);
  };
  addService(program, choose);
  addOrderCommands(program, chooseStoring);
  addFacts(program, chooseStoring);
  addReading(program, choose);
  addDisputes(program, choose);
  return program;
}

function addGlobalOptions(program: Command): void {
  program
    .option(
      '--store <URL>',
      'sqlite:FILE, esdb://HOST:PORT or memory: (default sqlite:payment-orders.db)',
    )
    .option('--gateway-url <URL>', "the platform's base URL, https: off loopback")
    .option('--app-id <ID>', 'the 16 characters given by the platform')
    .option('--private-key-file <FILE>', 'RSA key, PEM or base64, readable by its owner alone')
    .option('--allow-insecure-http', 'allow plain http off loopback; recorded with every attempt')
    .option('--attempt-limit-ms <MS>', 'the longest one call may take (default 15000)')
    .option(
      '--attempt-deadline-ms <MS>',
      'when a call without outcome counts as abandoned: the same for all processes on one ' +
        'store, at least 5000 over the limit (default 30000)',
    )
    .option(
      '--actor <ID>',
      'who wishes it: ID or KIND:ID (kind: operator); retry, abandon, resolve and acknowledge ' +
        'default to your user name, the others to nobody: a rejected command is recorded only ' +
        'if it names its actor',
    )
    .option('--command-id <ID>', 'makes a repeat harmless')
    .option('--correlation-id <ID>', 'ties together what belongs together')
    .option('--json', 'one JSON document on stdout, errors as JSON on stderr')
    .addOption(
      new Option('--lang <LANG>', 'default from LC_ALL, LC_MESSAGES, LANG').choices([
        'en',
        'zh-CN',
      ]),
    );
}

import { resolve } from 'node:path';
import { systemRuntime } from '../../runtime.ts';
import type { Sandbox, SandboxRequest } from '../../sandbox/index.ts';
import { faultMeanings, parseFaultPlan, sandboxKeys, startSandbox } from '../../sandbox/index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { UsageError } from '../input/arguments.ts';
import { required, text } from '../input/options.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { quoted } from '../output/next-commands.ts';
import { stopping } from '../session.ts';

export const commands = [
  command('sandbox', {
    about: 'a gateway to develop against, on loopback, until a signal',
    options: {
      port: required('--port <PORT>', 'the port to listen on; 0 takes any free one', {
        fallback: '8787',
      }),
      fault: text('--fault <PLAN>', "such as 'O1=silent-after,ok;*=http-500'"),
      keys: required('--keys <DIR>', 'where its key pair is kept', {
        fallback: '.payment-order-sandbox',
      }),
    },
    help: faultHelp(),
    run: async (context, { fault = '', keys, ...flags }) => {
      const port = portFrom(flags.port);
      const faults = parseFaultPlan(fault);
      // Absolute: it is used from another terminal, perhaps elsewhere.
      const { publicKey, privateKeyFile } = sandboxKeys(resolve(pathAt(context.io.cwd, keys)));
      const { stopped } = stopping(context);
      const waiting = new Set<SandboxRequest>();
      const sandbox = await start({
        runtime: systemRuntime(),
        port,
        callerPublicKey: publicKey,
        faults,
        onRequest: (request) => {
          waiting.add(request);
        },
        onAnswered: (request, cancelResult) => {
          waiting.delete(request);
          report(context, request, answerTo(request, cancelResult));
        },
      });
      introduce(context, { url: sandbox.url, appId: sandbox.appId, privateKeyFile });
      const { exitCode } = await stopped;
      await sandbox.close();
      for (const request of waiting) report(context, request, 'no answer yet; the sandbox ends');
      return exitCode;
    },
  }),
];

/** Every fault with its meaning, and how a plan is written. */
function faultHelp(): string {
  const meanings: Readonly<Record<string, string>> = {
    ...faultMeanings,
    'code:CODE': 'not executed; this responseCode, such as code:403001',
    'delay:MS': 'waits first; alone, or joined to another fault: delay:300+http-500',
  };
  const nameCharacters = Math.max(...Object.keys(meanings).map(({ length }) => length));
  return [
    '',
    'Faults:',
    ...Object.entries(meanings).map(
      ([name, meaning]) => `  ${name.padEnd(nameCharacters)}  ${meaning}`,
    ),
    '',
    'A plan gives, for an order or for * (all others), a fault for its first request, its second,',
    'and so on; after that all is ok. In this example the first answer to O1 is lost, its second',
    'request is handled, and the first request of any other order fails after 300 ms:',
    "  --fault 'O1=silent-after,ok;*=delay:300+http-500'",
  ].join('\n');
}

function report({ screen, words }: Context, request: SandboxRequest, answer: string): void {
  const { orderNo = '–', fault } = request;
  screen.talk(
    words.sandbox.request(
      escapeForTerminal(orderNo),
      escapeForTerminal(fault),
      escapeForTerminal(answer),
    ),
  );
}

/** What each fault answers that executes the cancel. */
const answerByFault: Readonly<Record<string, (result: boolean) => string>> = {
  ok: (result) => `cancel_result ${result}`,
  'slow-bytes': (result) => `cancel_result ${result}, byte by byte`,
  truncated: (result) => `half of cancel_result ${result}`,
  'odd-words': (result) => `cancel_result ${result}, in odd words`,
  'wrong-type': (result) => `cancel_result "${result}", as text`,
  'duplicate-delivery': (result) => `cancel_result ${result}, of the second delivery`,
  'paid-during': (result) => `cancel_result ${result}`,
  'silent-after': (result) => `no answer; it would have been cancel_result ${result}`,
  'reset-after': (result) => `reset; it would have been cancel_result ${result}`,
};

function answerTo({ checked, fault }: SandboxRequest, cancelResult: boolean | undefined): string {
  if (checked !== 'accepted') return `responseCode ${checked}`;
  if (fault.startsWith('code:')) return `responseCode ${fault.slice('code:'.length)}`;
  if (cancelResult !== undefined) return answerByFault[fault]?.(cancelResult) ?? fault;
  const meanings: Readonly<Record<string, string>> = faultMeanings;
  return meanings[fault] ?? fault;
}

function introduce(
  { screen, words }: Context,
  settings: { readonly url: string; readonly appId: string; readonly privateKeyFile: string },
): void {
  const { url, appId, privateKeyFile } = settings;
  if (screen.json) {
    screen.document(settings);
    return;
  }
  screen.talk(words.sandbox.started);
  screen.lines([
    `export PAYMENT_ORDER_GATEWAY_URL=${url}`,
    `export PAYMENT_ORDER_GATEWAY_APP_ID=${appId}`,
    `export PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE=${quoted(privateKeyFile)}`,
  ]);
  screen.talk(words.sandbox.steer);
  screen.talk(`  curl ${url}/sandbox/orders/O1`);
  screen.talk(`  curl -d '{"status":"paid"}' ${url}/sandbox/orders/O1`);
  screen.talk(`  curl -d '{"faults":["silent-after","ok"]}' ${url}/sandbox/orders/O1`);
  screen.talk(words.sandbox.stop);
}

async function start(options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw new UsageError(`port ${options.port ?? 0} is taken; give another with --port`);
  }
}

function portFrom(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError('--port must be a number from 0 to 65535; 0 takes any free port');
}

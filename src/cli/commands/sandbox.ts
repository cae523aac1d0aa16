import { join, resolve } from 'node:path';
import { isAppId } from '../../gateway/wire.ts';
import { systemRuntime } from '../../runtime.ts';
import type { Sandbox, SandboxNotice, SandboxRequest } from '../../sandbox/index.ts';
import {
  billFaultMeanings,
  faultMeanings,
  noticeMeanings,
  parseFaultPlan,
  queryFaultMeanings,
  sandboxAppId,
  sandboxKeys,
  startSandbox,
} from '../../sandbox/index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { portFrom, UsageError } from '../input/arguments.ts';
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
    help: `${faultHelp()}\n${noticeHelp()}`,
    run: async (context, { fault = '', keys, ...flags }) => {
      const port = portFrom(flags.port);
      const faults = parseFaultPlan(fault);
      // Absolute: it is used from another terminal, perhaps elsewhere.
      const directory = resolve(pathAt(context.io.cwd, keys));
      const { publicKey, privateKeyFile } = sandboxKeys(directory);
      // The platform's own pair: it signs the notices of the platform.
      const platform = sandboxKeys(join(directory, 'platform'));
      const { stopped } = stopping(context);
      const waiting = new Set<SandboxRequest>();
      const sandbox = await start({
        runtime: systemRuntime(),
        port,
        appId: appIdFrom(context),
        callerPublicKey: publicKey,
        noticePrivateKey: platform.privateKey,
        faults,
        onNotice: (notice) => {
          reportNotice(context, notice);
        },
        onRequest: (request) => {
          waiting.add(request);
        },
        onAnswered: (request, cancelResult) => {
          waiting.delete(request);
          report(context, request, answerTo(request, cancelResult));
        },
      });
      const { url, appId } = sandbox;
      const noticePublicKeyFile = platform.publicKeyFile;
      introduce(context, { url, appId, privateKeyFile, noticePublicKeyFile });
      const { exitCode } = await stopped;
      await sandbox.close();
      for (const request of waiting) report(context, request, 'no answer yet; the sandbox ends');
      return exitCode;
    },
  }),
];

/** Whose platform it is, every fault with its meaning, and how a plan is written. */
function faultHelp(): string {
  const ofAll = {
    'code:CODE': 'this responseCode, such as code:403001; a cancel is not executed',
    'delay:MS': 'waits first; alone, or joined to another fault: delay:300+http-500',
  };
  return [
    '',
    `It is the platform of one account, ${sandboxAppId} or --app-id ID: start one for each merchant.`,
    ...['', 'Faults of a cancel:', ...table(faultMeanings)],
    ...['', 'Faults of a question about an order, for query:ORDER or query:*:'],
    ...table(queryFaultMeanings),
    ...['', 'Faults of a question for a bill, for bill:*:', ...table(billFaultMeanings)],
    ...['', 'Of each:', ...table(ofAll)],
    '',
    'A plan gives, for an order or for * (all others), a fault for its first request, its second,',
    'and so on; after that all is ok. In this example the first answer to O1 is lost, its second',
    'request is handled, and the first request of any other order fails after 300 ms:',
    "  --fault 'O1=silent-after,ok;*=delay:300+http-500'",
    'Questions have steps of their own. Here the first two about O1 are answered oddly:',
    "  --fault 'query:O1=odd-status,no-data'",
  ].join('\n');
}

/** Every way in which a notice is sent. */
function noticeHelp(): string {
  const meanings = {
    ...noticeMeanings,
    'delay:MS': 'late; alone, or joined to others: delay:300+signed+twice',
  };
  return [
    '',
    'Notices of an order that has a notifyUrl, by the "notices" that are posted for it:',
    ...table(meanings),
  ].join('\n');
}

function table(meanings: Readonly<Record<string, string>>): readonly string[] {
  const nameCharacters = Math.max(...Object.keys(meanings).map(({ length }) => length));
  return Object.entries(meanings).map(
    ([name, meaning]) => `  ${name.padEnd(nameCharacters)}  ${meaning}`,
  );
}

function reportNotice({ screen, words }: Context, notice: SandboxNotice): void {
  const { orderNo, attempt, answer } = notice;
  screen.talk(words.sandbox.notice(escapeForTerminal(orderNo), attempt, answer));
}

function report({ screen, words }: Context, request: SandboxRequest, answer: string): void {
  const { orderNo = '–', fault, apiCode } = request;
  const about = isQuestion(apiCode) ? `${orderNo} (${apiCode})` : orderNo;
  screen.talk(
    words.sandbox.request(
      escapeForTerminal(about),
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

function isQuestion(apiCode: string | undefined): apiCode is string {
  return apiCode === 'payment.order.query' || apiCode === 'payment.bill.query';
}

function answerTo(
  { checked, fault, apiCode }: SandboxRequest,
  cancelResult: boolean | undefined,
): string {
  if (checked !== 'accepted') return `responseCode ${checked}`;
  if (fault.startsWith('code:')) return `responseCode ${fault.slice('code:'.length)}`;
  if (cancelResult !== undefined) return answerByFault[fault]?.(cancelResult) ?? fault;
  const asked = { ...queryFaultMeanings, ...billFaultMeanings, ok: 'answered' };
  const meanings: Readonly<Record<string, string>> = isQuestion(apiCode) ? asked : faultMeanings;
  return meanings[fault] ?? fault;
}

function introduce(
  { screen, words }: Context,
  settings: {
    readonly url: string;
    readonly appId: string;
    readonly privateKeyFile: string;
    readonly noticePublicKeyFile: string;
  },
): void {
  const { url, appId, privateKeyFile, noticePublicKeyFile } = settings;
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
  // The example service takes them there.
  const notifyUrl = 'http://127.0.0.1:8080/webhooks/platform';
  const paid = JSON.stringify({ status: 'paid', amount: '128.00', notifyUrl });
  screen.talk(words.sandbox.notices(escapeForTerminal(noticePublicKeyFile)));
  screen.talk(`  curl -d '${paid}' ${url}/sandbox/orders/O1`);
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

/** As it was typed: a variable may hold the appId of another platform. */
function appIdFrom({ settings }: Context): string | undefined {
  const { appIdGiven } = settings;
  if (appIdGiven === undefined || isAppId(appIdGiven)) return appIdGiven;
  throw new UsageError('--app-id: must be 16 letters and digits');
}

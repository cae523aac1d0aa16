import { resolve } from 'node:path';
import { parseFaultPlan, sandboxKeys, startSandbox } from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { systemRuntime } from '../../runtime.ts';
import type { Context } from '../context.ts';
import { escapeForTerminal } from '../../text.ts';
import { quoted } from '../output/next-commands.ts';
import { answerTo } from './sandbox-answer.ts';
import type { Watched } from './sandbox-answer.ts';
import { stopping } from '../session.ts';
import { pathAt } from '../input/store-path.ts';
import { UsageError } from '../input/usage-error.ts';

export type SandboxFlags = {
  readonly port: string;
  readonly fault?: string;
  readonly keys: string;
};

/** Runs the sandbox on loopback until a signal. */
export async function sandbox(context: Context, flags: SandboxFlags): Promise<number> {
  const { screen, words } = context;
  const port = portFrom(flags.port);
  const faults = parseFaultPlan(flags.fault ?? '');
  // Absolute: it is used from another terminal, perhaps elsewhere.
  const { publicKey, privateKeyFile } = sandboxKeys(resolve(pathAt(context.io.cwd, flags.keys)));
  const { stopped } = stopping(context, 'read');
  const runtime = systemRuntime();
  const watched: Watched = { runtime, sandbox: null };
  const running = await start({
    runtime,
    port,
    callerPublicKey: publicKey,
    faults,
    onRequest: (request) => {
      const { orderNo = '–', fault } = request;
      void answerTo(request, watched).then((answer) => {
        screen.talk(
          words.sandbox.request(
            escapeForTerminal(orderNo),
            escapeForTerminal(fault),
            escapeForTerminal(answer),
          ),
        );
      });
    },
  });
  watched.sandbox = running;
  const { url, appId } = running;
  if (screen.json) screen.document({ url, appId, privateKeyFile });
  else introduce(context, { url, appId, privateKeyFile });
  const { exitCode } = await stopped;
  watched.sandbox = null;
  await running.close();
  return exitCode;
}

function introduce(
  { screen, words }: Context,
  settings: { readonly url: string; readonly appId: string; readonly privateKeyFile: string },
): void {
  const { url, appId, privateKeyFile } = settings;
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

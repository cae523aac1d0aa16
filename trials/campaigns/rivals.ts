import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelApiCode } from '../../src/gateway/wire.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { startChild } from './children.ts';
import type { Answer, RivalOptions, Request } from './rival.ts';

/** A process that answers requests; once it is dead, it answers with an error. */
export type Rival = { ask(request: Request): Promise<Answer> };

export type RivalGroup = {
  readonly directory: string;
  readonly rivals: readonly Rival[];
  readonly sandbox: Sandbox;
  /** How many calls arrived for an order. */
  calls(orderNo: string): number;
  /** Ends all processes; returns how many had died or ended with an error. */
  close(): Promise<number>;
};

/** Opening takes up to 10 s and a call up to 15 s; a process that is silent for this long hangs. */
const hangsAfterMs = 120_000;

/**
 * Starts `count` processes of one merchant, and a gateway that counts its calls.
 *
 * @param appId - The merchant's account; its keys are its own. Default: the sandbox's.
 */
export async function startRivals(count: number, appId?: string): Promise<RivalGroup> {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-rivals-'));
  const { publicKey } = sandboxKeys(directory);
  const calls = new Map<string, number>();
  const sandbox = await startSandbox({
    runtime: systemRuntime(),
    callerPublicKey: publicKey,
    appId,
    onRequest: ({ apiCode, orderNo = '' }) => {
      if (apiCode === cancelApiCode) calls.set(orderNo, (calls.get(orderNo) ?? 0) + 1);
    },
  });
  const rivalOptions: RivalOptions = { url: sandbox.url, appId: sandbox.appId, keys: directory };
  const cache = join(directory, 'compiled');
  // The first one leaves its compiled code to the others.
  const first = startRival(rivalOptions, cache);
  await first.ask({ steps: ['open', 'close'], path: join(directory, 'warm.db'), orderNo: '' });
  const others = Array.from({ length: count - 1 }, () => startRival(rivalOptions, cache));
  const started = [first, ...others];
  return {
    directory,
    sandbox,
    rivals: started,
    calls: (orderNo) => calls.get(orderNo) ?? 0,
    close: async () => {
      const inPeace = await Promise.all(started.map((rival) => rival.end()));
      await sandbox.close();
      rmSync(directory, { recursive: true, force: true });
      return inPeace.filter((peace) => !peace).length;
    },
  };
}

/** Starts one process, optionally `under` a program that limits it. */
export function startRival(
  rivalOptions: RivalOptions,
  cache: string,
  under: readonly string[] = [],
) {
  const waiting: ((answer: Answer) => void)[] = [];
  const child = startChild({
    file: 'rival.ts',
    argument: rivalOptions,
    cache,
    under,
    onLine: (line) => {
      // Our own child wrote the line.
      waiting.shift()?.(JSON.parse(line) as Answer);
    },
  });
  const death = child.ended.then(({ exitCode, signal, stderr }): Answer => {
    const how = signal ?? `exit code ${exitCode ?? 'none'}`;
    return { ok: false, what: `process died (${how}): ${stderr.slice(-500)}` };
  });
  return {
    pid: child.pid,
    ask: async (request: Request) => {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      waiting.push(resolve);
      const watchdog = setTimeout(child.kill, hangsAfterMs);
      child.send(JSON.stringify(request));
      const answer = await Promise.race([promise, death]);
      clearTimeout(watchdog);
      return answer;
    },
    end: async () => {
      child.done();
      const { exitCode } = await child.ended;
      return exitCode === 0;
    },
  };
}

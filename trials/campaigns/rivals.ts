import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { startChild } from './children.ts';
import type { Answer, Outfit, Request } from './rival.ts';

/** A process that answers whatever it is asked, or is dead. */
export type Rival = { ask(request: Request): Promise<Answer> };

export type Arena = {
  readonly directory: string;
  readonly rivals: readonly Rival[];
  readonly sandbox: Sandbox;
  /** How many calls arrived for an order. */
  calls(orderNo: string): number;
  /** Ends all; returns how many processes had ended before, or not in peace. */
  close(): Promise<number>;
};

/** Opening waits up to 10 s for others, a call up to 15 s: who says nothing for so long hangs. */
const patienceMs = 60_000;

/** So many processes, and one gateway that counts. */
export async function openArena(count: number): Promise<Arena> {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-rivals-'));
  const { publicKey } = sandboxKeys(directory);
  const calls = new Map<string, number>();
  const sandbox = await startSandbox({
    runtime: systemRuntime(),
    callerPublicKey: publicKey,
    onRequest: ({ orderNo = '' }) => {
      calls.set(orderNo, (calls.get(orderNo) ?? 0) + 1);
    },
  });
  const outfit: Outfit = { url: sandbox.url, appId: sandbox.appId, keys: directory };
  const cache = join(directory, 'compiled');
  // The first one leaves its compiled code to the others.
  const first = startRival(outfit, cache);
  await first.ask({ steps: ['open', 'close'], path: join(directory, 'warm.db'), orderNo: '' });
  const others = Array.from({ length: count - 1 }, () => startRival(outfit, cache));
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

/** One process; `under` another program, where that is to limit it. */
export function startRival(outfit: Outfit, cache: string, under: readonly string[] = []) {
  const waiting: ((answer: Answer) => void)[] = [];
  const child = startChild({
    file: 'rival.ts',
    argument: outfit,
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
      const watchdog = setTimeout(child.kill, patienceMs);
      child.tell(JSON.stringify(request));
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

import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';
import type { Ended, Launch, Running } from './support.ts';
import { Transcript } from './support.ts';

export const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

type RunningChild = Running & { readonly kill: () => void };

/** The command as its users start it: a process of its own. */
export const inChild: Launch = (args, cwd, env) => startChild(args, cwd, env);

export function startChild(...[args, cwd, env]: Parameters<Launch>): RunningChild {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const transcript = transcriptOf(child);
  let hasEnded = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      hasEnded = true;
      const { stdout, stderr } = transcript;
      resolve({ code, stdout, stderr });
    });
  });
  return {
    ended,
    hasEnded: () => hasEnded,
    said: (text) => transcript.said(text, ended),
    stop: (signal) => child.kill(signal),
    kill: () => child.kill('SIGKILL'),
  };
}

/** What a process writes, as it comes. */
export function transcriptOf(
  child: Pick<ChildProcessByStdio<null, Readable, Readable>, 'stdout' | 'stderr'>,
): Transcript {
  const transcript = new Transcript();
  for (const to of ['stdout', 'stderr'] as const) {
    child[to].setEncoding('utf8').on('data', (text: string) => {
      transcript.write(to, text);
    });
  }
  return transcript;
}

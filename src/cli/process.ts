import { userInfo } from 'node:os';
import { basename } from 'node:path';
import type { StopSignal } from './io.ts';
import { exitCodeOfSignal } from './io.ts';
import type { Output } from './output/screen.ts';
import { run } from './run.ts';

/**
 * Binds the command to this process: its streams, variables and signals. A reader of stdout that
 * closes the pipe has seen enough, and a terminal that was closed shows nothing more; the work goes
 * on. A full disk fails the command.
 */
process.exitCode = await run(process.argv.slice(2), {
  stdout: outputOf(process.stdout, ({ code }) => {
    const isReaderGone = code === 'EPIPE' || (code === 'EIO' && process.stdout.isTTY);
    if (!isReaderGone) process.once('exit', failUnlessFailed);
  }),
  // The work and its exit code do not depend on a reader of stderr.
  stderr: outputOf(process.stderr, () => undefined),
  env: process.env,
  userName,
  // In a checkout the command is not on the path.
  invocation:
    basename(process.argv[1] ?? '') === 'main.ts' ? 'npm run -s payment-order --' : undefined,
  onSignal: listenToSignals,
});

function outputOf(
  stream: NodeJS.WriteStream,
  onError: (error: NodeJS.ErrnoException) => void,
): Output {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isGone = true;
    onError(error);
  });
  return {
    write: (text) => stream.write(text),
    isTTY: stream.isTTY,
    // A terminal that does not know its width says 0.
    columns: stream.isTTY ? stream.columns || undefined : undefined,
    get isGone() {
      return isGone;
    },
  };
}

function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number without a name.
    return undefined;
  }
}

function failUnlessFailed(): void {
  process.exitCode ||= 1;
}

/** The second signal ends the process at once. */
function listenToSignals(listener: (signal: StopSignal) => void): void {
  let isStopping = false;
  // The keys of the table are the signals.
  for (const signal of Object.keys(exitCodeOfSignal) as StopSignal[]) {
    process.on(signal, () => {
      if (isStopping) process.exit(exitCodeOfSignal[signal]);
      isStopping = true;
      listener(signal);
    });
  }
}

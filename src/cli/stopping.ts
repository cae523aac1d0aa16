/** What a waiting command is ended with after SIGINT or SIGTERM. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('stopped by a signal');
    this.name = 'Stopped';
    this.exitCode = exitCode;
  }
}

const exitCodeOfSignal = { SIGINT: 130, SIGTERM: 143 } as const;

export type Stopping = {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the first signal. */
  readonly stopped: Promise<Stopped>;
};

/** The first signal asks the command to end well; the second ends the process at once. */
export function stopOnSignals(onFirst: () => void): Stopping {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Stopped>();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const stopped = new Stopped(exitCodeOfSignal[name]);
      if (controller.signal.aborted) process.exit(stopped.exitCode);
      onFirst();
      controller.abort(stopped);
      resolve(stopped);
    });
  }
  return { signal: controller.signal, stopped: promise };
}

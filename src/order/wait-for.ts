/** The signal ends the waiting; what was begun goes on, and its failure is told to `onError`. */
export async function waitFor<T>(
  running: Promise<T>,
  signal: AbortSignal | undefined,
  onError: (error: unknown) => void,
): Promise<T> {
  if (signal === undefined) return running;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    // Whatever the caller aborted with is what the caller gets.
    reject(signal.reason as Error);
    running.catch(onError);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([running, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Beyond this the answers of a platform would be held, not cut off (I15). */
const heldBytesMax = 96 * 1_024 * 1_024;

export type Resources = {
  faults(): Promise<readonly string[]>;
  figures(): Readonly<Record<string, number>>;
};

/** Watches what answers cost: bytes outside the heap, and sockets that are left over. */
export function watchResources(): Resources {
  const held = () => process.memoryUsage().external;
  const sockets = () =>
    process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TLSWrap/.test(kind)).length;
  const before = { held: held(), sockets: sockets() };
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, held() - before.held);
  }, 20);
  return {
    faults: async () => {
      clearInterval(timer);
      // What was destroyed is closed a little later, on a busy machine.
      for (let waits = 0; waits < 50 && sockets() > before.sockets; waits += 1) {
        await new Promise<void>((resolve) => setTimeout(resolve, 100));
      }
      const left = sockets() - before.sockets;
      return [
        ...(most > heldBytesMax ? [`I15 ${most} bytes of answers were held at a time`] : []),
        ...(left > 0 ? [`I15 ${left} sockets were left open`] : []),
      ];
    },
    figures: () => ({ 'most MB held': Math.round(most / 1e6) }),
  };
}

/**
 * Something the owner of the configuration should know, though the work goes on.
 *
 * - `weak-key`: an RSA key under 2048 bits.
 * - `insecure-transport`: plain http off loopback, allowed in so many words.
 * - `clock-refused`: the platform refused our timestamp; this machine's clock may be wrong.
 */
export type GatewayWarning = {
  readonly code: 'weak-key' | 'insecure-transport' | 'clock-refused';
  readonly message: string;
};

/** Must not throw: what it throws is swallowed, for an outcome must not be lost over a warning. */
export type OnGatewayWarning = (warning: GatewayWarning) => void;

export function warn(onWarning: OnGatewayWarning | undefined, warning: GatewayWarning): void {
  try {
    onWarning?.(warning);
  } catch {
    // See OnGatewayWarning.
  }
}

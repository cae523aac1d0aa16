import { generateKeyPairSync } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { CancelGateway, CancelRequest } from '../../src/gateway/cancel-gateway.ts';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime as newSystemRuntime } from '../../src/runtime.ts';
import { startRawServer } from './raw-server.ts';
import type { RawServer, Respond } from './raw-server.ts';

export const systemRuntime: Runtime = newSystemRuntime();

/** A runtime whose timers fire only by `fire`, so that no test depends on the machine's speed. */
export function manualRuntime(): Runtime & { readonly fire: () => void } {
  const timers = new Set<() => void>();
  return {
    ...systemRuntime,
    setTimer(_delayMs, run) {
      timers.add(run);
      return () => {
        timers.delete(run);
      };
    },
    fire() {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
    },
  };
}

/** The longest limits there are: a test that must not wait for them fires a manual runtime. */
export const patient = { connectMs: 25_000, attemptMs: 25_000 };

export const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const appId = 'OIG0AF4DMOK2VC2N';
export const yes = (): boolean => true;
export const sample: CancelRequest = {
  attempt: 1,
  correlationId: 'C1',
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  reason: '临时决定关单取消支付',
};

export function open(
  url: string,
  options: Partial<HttpGatewayOptions> = {},
): Required<CancelGateway> {
  const gateway = openHttpGateway({
    url,
    appId,
    privateKey: keys.privateKey,
    runtime: systemRuntime,
    ...options,
    limits: { ...patient, ...options.limits },
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** For tests of reused connections; by default none is reused. */
export const reuse = { limits: { ...patient, idleMs: 60_000 } };

export { bodyOf, dribble, envelope, http } from './raw-server.ts';
export type { Respond } from './raw-server.ts';

/** `startRawServer`, closed at the end of the test. */
export async function rawServer(respond: Respond, tls?: TlsOptions): Promise<RawServer> {
  const server = await startRawServer(respond, tls);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

import { generateKeyPairSync } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { CancelGateway, CancelRequest } from '../../src/gateway/cancel-gateway.ts';
import { openHttpGateway } from '../../src/gateway/http-gateway.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime as newRealHost } from '../../src/runtime.ts';
import { startRawServer } from './raw-server.ts';
import type { RawServer, Respond } from './raw-server.ts';

export const systemRuntime: Runtime = newRealHost();

/** A host whose timers fire only when told to. */
export function handHost(): Runtime & { fire(): void } {
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

export const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const appId = 'OIG0AF4DMOK2VC2N';
export const yes = (): boolean => true;
export const sample: CancelRequest = {
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  reason: '临时决定关单取消支付',
};

export function open(url: string, options: Partial<HttpGatewayOptions> = {}): CancelGateway {
  const gateway = openHttpGateway({
    url,
    appId,
    privateKey: keys.privateKey,
    runtime: systemRuntime,
    ...options,
    limits: { connectMs: 1000, attemptMs: 2000, ...options.limits },
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** For tests of using a connection again, which nobody does unless it is chosen. */
export const reuse = { limits: { idleMs: 2000 } };

export { bodyOf, dribble, envelope, http } from './raw-server.ts';
export type { Respond } from './raw-server.ts';

/** `startRawServer`, closed when the test is over. */
export async function rawServer(respond: Respond, tls?: TlsOptions): Promise<RawServer> {
  const server = await startRawServer(respond, tls);
  onTestFinished(() => {
    server.close();
  });
  return server;
}

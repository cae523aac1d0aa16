import { request as httpRequest } from 'node:http';
import { onTestFinished } from 'vitest';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import type { HttpGatewayOptions } from '../../src/gateway/http-gateway.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { keys, open, systemRuntime } from '../gateway/support.ts';

export { keys };

export async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    runtime: systemRuntime,
    callerPublicKey: keys.publicKey,
    ...options,
  });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** The real client, talking to the sandbox. */
export function connect(
  { url, appId }: Sandbox,
  options: Partial<HttpGatewayOptions> = {},
): Required<CancelGateway> {
  return open(url, { appId, ...options });
}

/** A request as curl would send it. */
export function callRaw(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) });
      });
    });
    call.on('error', reject);
    call.end(
      body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    );
  });
}

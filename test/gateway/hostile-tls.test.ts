import { describe, expect, test, vi } from 'vitest';
import type { TlsOptions } from 'node:tls';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { newAuthority, selfSigned } from './certificates.ts';
import { http, open, rawServer, reuse, sample, yes } from './support.ts';

const authority = newAuthority();

/** One attempt at https://localhost against a server with these settings; trusts our authority. */
async function outcomeOver(
  tls: TlsOptions,
): Promise<{ outcome: CancelOutcome; requests: readonly string[]; asked: number }> {
  const server = await rawServer((socket) => socket.write(http()), tls);
  const maySend = vi.fn(yes);
  const outcome = await open(server.url, { ca: authority.cert }).cancel(sample, maySend);
  return { outcome, requests: server.requests, asked: maySend.mock.calls.length };
}

describe('TLS', () => {
  test('carries a call to a server with the right certificate, and sends the server name', async () => {
    const names: string[] = [];
    const { outcome } = await outcomeOver({
      ...authority.issue({ dns: 'localhost' }),
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    expect(outcome).toMatchObject({ kind: 'confirmed', rule: 'confirmed' });
    expect(names).toEqual(['localhost']);
  });

  test('carries consecutive calls on one connection', async () => {
    const server = await rawServer(
      (socket) => socket.write(http()),
      authority.issue({ dns: 'localhost' }),
    );
    const gateway = open(server.url, { ca: authority.cert, ...reuse });
    await gateway.cancel(sample, yes);
    await gateway.cancel(sample, yes);
    expect(server.connections()).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  const wrong: readonly [string, () => TlsOptions, string][] = [
    [
      'a server with an expired certificate',
      () => authority.issue({ dns: 'localhost', expired: true }),
      'tls-certificate-invalid',
    ],
    [
      'a server with a self-signed certificate',
      () => selfSigned({ dns: 'localhost' }),
      'tls-certificate-invalid',
    ],
    [
      'a server with a certificate of an authority that is not trusted',
      () => newAuthority().issue({ dns: 'localhost' }),
      'tls-certificate-invalid',
    ],
    [
      'a server with a certificate for another host',
      () => authority.issue({ dns: 'other.example' }),
      'tls-host-name-mismatch',
    ],
  ];

  test.each(wrong)('blocks a call to %s and sends nothing', async (_name, tls, rule) => {
    const { outcome, requests, asked } = await outcomeOver(tls());
    expect(outcome).toMatchObject({ kind: 'blocked', rule });
    expect(outcome.sentAt).toBeUndefined();
    expect(requests).toEqual([]);
    expect(asked).toBe(0);
  });

  test.each(wrong)(
    'blocks a call to %s even with NODE_TLS_REJECT_UNAUTHORIZED=0',
    async (_n, tls, rule) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      const { outcome, requests } = await outcomeOver(tls());
      expect(outcome).toMatchObject({ kind: 'blocked', rule });
      expect(requests).toEqual([]);
    },
  );

  test('refuses versions before 1.2', async () => {
    const { outcome, requests } = await outcomeOver({
      ...authority.issue({ dns: 'localhost' }),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(outcome).toMatchObject({ kind: 'not-executed', rule: 'tls-handshake-failed' });
    expect(requests).toEqual([]);
  });

  test('never falls back to plain http', async () => {
    const server = await rawServer((socket) => socket.write(http()));
    const url = `https://127.0.0.1:${String(server.port)}`;
    const outcome = await open(url, { limits: { connectMs: 300 } }).cancel(sample, yes);
    expect(outcome.kind).toBe('not-executed');
    expect(server.requests).toEqual([]);
  });

  test('verifies a host that is an IP address', async () => {
    const server = await rawServer(
      (socket) => socket.write(http()),
      authority.issue({ ip: '127.0.0.1' }),
    );
    const url = `https://127.0.0.1:${String(server.port)}`;
    const outcome = await open(url, { ca: authority.cert }).cancel(sample, yes);
    expect(outcome.kind).toBe('confirmed');
  });
});

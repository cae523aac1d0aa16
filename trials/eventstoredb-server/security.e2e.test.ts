import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessDeniedError, UnavailableError } from '@eventstore/db-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { newAuthority } from '../../test/gateway/certificates.ts';
import { startEventStoreDb } from './index.ts';
import { anEvent, clientOf, failureOf, started, taken } from './support.ts';

const stream = 'paymentOrder-1';
const options = { expectedRevision: 'no_stream' } as const;
const right = { username: 'us', password: 'right:&@' };
const wrong = { username: 'us', password: 'wrong' };

async function secured() {
  const authority = newAuthority();
  const directory = mkdtempSync(join(tmpdir(), 'eventstoredb-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true });
  });
  const caFile = join(directory, 'ca.pem');
  writeFileSync(caFile, authority.cert);
  const server = await started({ tls: authority.issue({ dns: 'localhost' }), credentials: right });
  // By name: of an address the bare client makes Node warn.
  const connectionString = server.connectionString.replace('127.0.0.1', 'localhost');
  return { server, connectionString, trusting: `&tlsCAFile=${caFile}` };
}

describe('a server with TLS and Basic authentication', () => {
  test('lets a client with the right credentials append by both calls, and read', async () => {
    const { server, connectionString, trusting } = await secured();
    const client = clientOf({ connectionString }, trusting);
    await client.appendToStream(stream, anEvent(), { ...options, credentials: right });
    expect(await taken(client.readStream(stream, { credentials: right }))).toHaveLength(1);
    const { username, password } = right;
    const login = `${username}:${encodeURIComponent(password)}@`;
    const own = connectionString.replace('://', `://${login}`);
    const batching = clientOf({ connectionString: own }, trusting);
    await batching.appendToStream('paymentOrder-2', anEvent(), options);
    expect(server.appendCalls.map(({ via }) => via)).toEqual(['append', 'batch-append']);
  });

  test('gives each of two equal clients a connection', async () => {
    const { server, connectionString, trusting } = await secured();
    server.seed(stream, [{}]);
    const connect = () => clientOf({ connectionString }, trusting);
    for (const client of [connect(), connect()]) {
      await taken(client.readStream(stream, { credentials: right }));
    }
    expect(server.network.counts.accepted).toBe(2);
  });

  test('answers wrong credentials with UNAUTHENTICATED to appends and reads', async () => {
    const { server, connectionString, trusting } = await secured();
    const client = clientOf({ connectionString }, trusting);
    const credentials = wrong;
    const calls = [
      () => client.appendToStream(stream, anEvent(), { ...options, credentials }),
      () => taken(client.readStream(stream, { credentials })),
    ];
    for (const call of calls) {
      const error = await failureOf(call());
      expect(error).toBeInstanceOf(AccessDeniedError);
      expect(error).toMatchObject({ code: 16 });
    }
    expect(server.streams.names()).toEqual([]);
  });

  test('denies access without credentials', async () => {
    const { connectionString, trusting } = await secured();
    const error = await failureOf(taken(clientOf({ connectionString }, trusting).readAll()));
    expect(error).toBeInstanceOf(AccessDeniedError);
    expect(error).toMatchObject({ code: 7 });
  });

  test('is unavailable to a client without its authority or without TLS', async () => {
    const { connectionString } = await secured();
    const plain = connectionString.replace('tls=true', 'tls=false');
    for (const url of [connectionString, plain]) {
      const client = clientOf({ connectionString: url });
      const append = client.appendToStream(stream, anEvent(), { ...options, credentials: right });
      expect(await failureOf(append)).toBeInstanceOf(UnavailableError);
    }
  });

  test('is unavailable to a client with TLS where it has none', async () => {
    const server = await started();
    const connectionString = server.connectionString
      .replace('tls=false', 'tls=true')
      .replace('127.0.0.1', 'localhost');
    const error = await failureOf(taken(clientOf({ connectionString }).readStream(stream)));
    expect(error).toBeInstanceOf(UnavailableError);
  });
});

test('refuses to start with credentials but without TLS, which no client would send', async () => {
  await expect(startEventStoreDb({ credentials: right })).rejects.toThrow('need tls');
});

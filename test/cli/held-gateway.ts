import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { TestContext } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import type { Desk, Launch } from './support.ts';
import { desk, withSandbox } from './support.ts';

export type HeldCall = {
  readonly here: Desk;
  readonly sandbox: Sandbox;
  /** Resolves when a call waits in front of the gateway. */
  readonly arrived: Promise<void>;
  /** Lets the waiting call, and every later one, through to the gateway. */
  readonly release: () => void;
};

/** Order O1, and a gateway that answers when the test says so, however slow the machine is. */
export async function heldCall(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  launch?: Launch,
): Promise<HeldCall> {
  const here = desk(launch);
  const sandbox = await withSandbox(here);
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
  const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    sockets.add(caller.on('error', () => caller.destroy()));
    // Not read yet: the bytes stay for the gateway.
    caller.once('readable', () => {
      arrive(undefined);
    });
    void released.then(() => {
      const gateway = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
      sockets.add(gateway.on('error', () => caller.destroy()));
      caller.pipe(gateway).pipe(caller);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  here.env['PAYMENT_ORDER_GATEWAY_URL'] = `http://127.0.0.1:${String(port)}`;
  // The longest one.
  here.env['PAYMENT_ORDER_ATTEMPT_LIMIT_MS'] = '25000';
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  onTestFinished(async () => {
    release(undefined);
    await here.remove();
    for (const socket of sockets) socket.destroy();
    server.close();
    await sandbox.close();
  });
  return {
    here,
    sandbox,
    arrived,
    release: () => {
      release(undefined);
    },
  };
}

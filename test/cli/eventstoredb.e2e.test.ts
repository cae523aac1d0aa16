import { describe, expect, onTestFinished, test } from 'vitest';
import { aServer } from '../event-store/eventstoredb/support.ts';
import type { EventStoreDbServer } from '../../trials/eventstoredb-server/index.ts';
import { desk, withSandbox } from './support.ts';
import type { Desk } from './support.ts';

const bytes = Buffer.from([0, 255, 254]);
const contentType = 'application/octet-stream';

/** Events as other applications and the system write them, at both ends of the log. */
function foreignEvents(server: EventStoreDbServer): void {
  server.seed('invoices-1', [{ type: 'InvoiceSent', data: { a: 1 } }]);
  server.seed('pictures-1', [{ type: 'Taken', bytes, contentType }]);
  server.seed('texts-1', [{ type: 'Said', bytes: Buffer.from('not JSON'), metadata: 'text' }]);
  server.seed('$settings', [{ type: 'update-default-acl', data: {} }]);
  server.seed('$ce-paymentOrder', [{ type: '$>', bytes: Buffer.from('0@gone'), contentType }]);
  server.noise(20);
  server.seed('pictures-2', [{ type: 'Taken', bytes, contentType }]);
}

async function sharedServer(): Promise<{ readonly server: EventStoreDbServer; here: Desk }> {
  const server = await aServer();
  foreignEvents(server);
  const here = desk();
  onTestFinished(here.remove);
  here.env['PAYMENT_ORDER_STORE'] = server.connectionString;
  return { server, here };
}

describe('the command on an EventStoreDB server', () => {
  test('prints next commands that can be pasted', async () => {
    const { server, here } = await sharedServer();
    const url = server.connectionString;
    here.env['PAYMENT_ORDER_STORE'] = '';

    const create = await here.run('create', 'O1', '--process-bill-no', 'F1', '--store', url);

    expect(create.stderr).toContain(`payment-order --store '${url}' start O1\n`);
  });

  test('prints the name of the variable in place of a URL with a password', async () => {
    const { server, here } = await sharedServer();
    here.env['PAYMENT_ORDER_STORE'] = '';
    const url = server.connectionString.replace('://', '://admin:canary-password@');

    const demo = await here.run('demo', '--store', url);
    const create = await here.run('create', 'O1', '--process-bill-no', 'F1', '--store', url);

    expect(create.stderr).toContain('payment-order --store "$PAYMENT_ORDER_STORE" start O1\n');
    expect(demo.stdout).toContain(`stay in ${server.connectionString}.`);
    expect(demo.stdout).toContain('payment-order --store "$PAYMENT_ORDER_STORE" list');
    expect(JSON.stringify([create, demo])).not.toMatch(/canary|admin/);
  });

  test('says what to do about the server, and nothing about files', async () => {
    const { server, here } = await sharedServer();
    server.seed('paymentOrder-O1', [{ bytes, contentType }]);

    const show = await here.run('show', 'O1');
    await server.stop({ hard: true });
    const port = String(server.port);
    const url = `esdb://127.0.0.1:${port}`;
    const create = await here.run('create', 'O1', '--process-bill-no', 'F1', '--store', url);

    expect(show).toMatchObject({ code: 3 });
    expect(show.stderr).toContain('hint: the history was altered');
    expect(show.stderr).not.toContain('-wal');
    expect(create).toMatchObject({ code: 2 });
    expect(create.stderr).not.toContain('doctor');
  });
});

describe('the command on an EventStoreDB that others use', () => {
  test('finds the server well', async () => {
    const { server, here } = await sharedServer();

    const { code, stdout } = await here.run('doctor');
    const chinese = await here.run('doctor', '--lang', 'zh-CN');

    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('lets us read $all; whether we may write was not tried');
    expect(chinese.stdout).toContain('是否允许写入，没有试过');
    expect(server.appendCalls).toEqual([]);
    expect(server.eventsSent).toBe(0);
  });

  test('never trips over their events', async () => {
    const { server, here } = await sharedServer();
    const sandbox = await withSandbox(here);
    onTestFinished(() => sandbox.close());
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    foreignEvents(server);

    const ends = [
      await here.run('show', 'O1'),
      await here.run('log', 'O1'),
      await here.run('list'),
      await here.run('verify', 'O1'),
      await here.run('verify', '--all'),
      await here.run('replay', '--check', '--all'),
      await here.run('export', '--fixtures', 'fixtures'),
      await here.run('cancel', 'O1', '--reason', 'changed my mind', '--actor', 'operator:o-1'),
      await here.run('work', '--once'),
    ];

    expect(ends.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(ends.map(() => 0));
  });

  test('reports an order that cannot be read, and lists and recovers the others', async () => {
    const { server, here } = await sharedServer();
    const sandbox = await withSandbox(here);
    onTestFinished(() => sandbox.close());
    server.seed('paymentOrder-O0', [{ bytes, contentType }]);
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    server.seed('paymentOrder-O1x', [{ metadata: {} }, { bytes, contentType, metadata: {} }]);
    await here.run('create', 'O2', '--process-bill-no', 'F1');

    const list = await here.run('list');
    const verify = await here.run('verify', '--all');
    const work = await here.run('work', '--once');

    expect(list.code).toBe(3);
    expect(list.stdout).toMatch(/^O1 .*\nO1x .*cannot be read.*\nO2 /m);
    expect(verify.code).toBe(3);
    expect(verify.stdout).toMatch(/^O1: ok[^]*^O2: ok/m);
    expect(verify.stdout + verify.stderr).toContain('paymentOrder-O0, revision 0');
    expect(work.stderr).toContain('paymentOrder-O0, revision 0');
    expect(work.stdout).toContain('2');
  });
});

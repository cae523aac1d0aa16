import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { desk } from './support.ts';
import type { Desk } from './support.ts';

const accounts = { 'merchant-a': 'A'.repeat(16), 'merchant-b': 'B'.repeat(16) };
type Merchant = keyof typeof accounts;

let here: Desk;
let sandboxes: Readonly<Record<Merchant, Sandbox>>;

/** A platform for each merchant, each with keys of its own, listed in `gateways.json`. */
beforeEach(async () => {
  here = desk();
  const listed: Record<string, object> = {};
  const start = async (name: Merchant) => {
    const appId = accounts[name];
    const { publicKey } = sandboxKeys(here.path(name));
    const sandbox = await startSandbox({
      ...{ runtime: systemRuntime(), appId, callerPublicKey: publicKey },
    });
    listed[name] = { url: sandbox.url, appId, privateKeyFile: `${name}/sandbox-private-key.pem` };
    return sandbox;
  };
  sandboxes = { 'merchant-a': await start('merchant-a'), 'merchant-b': await start('merchant-b') };
  writeFileSync(here.path('gateways.json'), JSON.stringify(listed));
});

afterEach(async () => {
  await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
  await here.remove();
});

const create = (orderNo: string, ...more: string[]) =>
  here.run('create', orderNo, '--process-bill-no', 'F1', ...more);
const calls = () => Object.values(sandboxes).map(({ requests }) => requests.length);

describe('--gateways', () => {
  test('calls the gateway whose order it is', async () => {
    await create('O1', '--gateway', 'merchant-a');
    await create('O2', '--gateway', 'merchant-b');

    const cancelled = await here.json('cancel', 'O2', '--gateways', 'gateways.json');

    expect(cancelled).toMatchObject({
      code: 0,
      body: { order: { state: 'cancelled', gateway: { name: 'merchant-b' } } },
    });
    expect(calls()).toEqual([0, 1]);
  });

  test('lets a new order be of one of them alone, and records nothing without its name', async () => {
    const listed = ['--gateways', 'gateways.json'];

    const without = await create('O1', ...listed);
    const unknown = await create('O1', ...listed, '--gateway', 'merchant-c');
    const named = await create('O1', ...listed, '--gateway', 'merchant-b');

    expect([without.code, unknown.code, named.code]).toEqual([2, 2, 0]);
    expect(without.stderr).toContain('--gateway: merchant-a, merchant-b');
    expect(unknown.stderr).toMatch(/--gateway: .*merchant-a, merchant-b/);
    expect(await here.json('show', 'O1')).toMatchObject({
      body: { revision: 0, gateway: { name: 'merchant-b' } },
    });
  });

  test('with --gateway uses that one alone, and adopts nothing unasked', async () => {
    await create('O1', '--gateway', 'merchant-a');
    await create('O2');
    const listed = ['--gateways', 'gateways.json', '--gateway', 'merchant-b'];

    const other = await here.run('cancel', 'O1', ...listed);
    const unowned = await here.run('cancel', 'O2', ...listed);
    const checked = await here.run('doctor', ...listed);

    expect([other.code, unowned.code, checked.code]).toEqual([2, 2, 0]);
    expect(other.stderr).toContain('the gateway merchant-a');
    expect(calls()).toEqual([0, 1]); // the question of doctor
  });

  test('is refused beside the settings of one gateway', async () => {
    const { code, stderr } = await here.run(
      ...['cancel', 'O1', '--gateways', 'gateways.json', '--app-id', accounts['merchant-a']],
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/--gateways \(PAYMENT_ORDER_GATEWAYS\).* not both/);
  });

  test.each([
    ['a file that is missing', null, /cannot be read \(ENOENT\)/],
    ['no JSON', 'secret {', /must be a JSON file/],
    ['a list', '[]', /must be of type record/],
    ['no gateway', '{}', /at least one/],
    [
      'a key in the file',
      '{"a":{"url":"u","appId":"i","privateKey":"secret"}}',
      /privateKeyFile: is missing/,
    ],
    ['a name with a blank', '{"a b":{}}', /A-Z a-z 0-9/],
  ])('refuses %s by name, and repeats nothing of it', async (_what, content, expected) => {
    if (content !== null) writeFileSync(here.path('bad.json'), content);
    await create('O1');

    const { code, stderr } = await here.run('cancel', 'O1', '--gateways', 'bad.json');

    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('secret');
    expect(await here.json('show', 'O1')).toMatchObject({ body: { revision: 0 } });
  });

  test('lets doctor check each gateway, and say which', async () => {
    const { stdout } = await here.run('doctor', '--gateways', 'gateways.json');
    expect(stdout).toMatch(/merchant-a: .*\n(.*\n)*.*merchant-b: /);
  });
});

describe('a list', () => {
  test('names the gateways, and shows the orders of one where it is asked for', async () => {
    await create('O1', '--gateway', 'merchant-a');
    await create('O2', '--gateway', 'merchant-b');

    const all = await here.run('list');
    const own = await here.json('list', '--gateway', 'merchant-b');

    expect(all.stdout).toMatch(/^ORDER +GATEWAY.*\nO1 +merchant-a .*\nO2 +merchant-b /);
    expect(own.body).toMatchObject({ orders: [{ orderNo: 'O2' }] });
  });
});

describe('--gateway', () => {
  const only = (name: Merchant) => [
    ...['--gateway', name, '--gateway-url', sandboxes[name].url, '--app-id', accounts[name]],
    ...['--private-key-file', here.path(`${name}/sandbox-private-key.pem`)],
  ];

  test('names the only gateway, and its orders alone are called for', async () => {
    await create('O1', '--gateway', 'merchant-a');

    const other = await here.run('cancel', 'O1', ...only('merchant-b'));
    const own = await here.run('cancel', 'O1', ...only('merchant-a'));

    expect([other.code, own.code]).toEqual([2, 0]);
    expect(other.stderr).toContain('the gateway merchant-a');
    expect(calls()).toEqual([1, 0]);
  });

  test('with --adopt calls for orders that record no gateway', async () => {
    await create('O1');
    await create('O2', '--gateway', 'merchant-b');

    const without = await here.run('cancel', 'O1', ...only('merchant-a'));
    const adopting = await here.run('cancel', 'O1', '--adopt', ...only('merchant-a'));

    expect([without.code, adopting.code]).toEqual([2, 0]);
    expect(without.stderr).toContain('--adopt');
    expect(calls()).toEqual([1, 0]);
  });
});

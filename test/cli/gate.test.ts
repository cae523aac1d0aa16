import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;
beforeEach(() => {
  here = desk();
});
afterEach(() => here.remove());

const machines = new URL('../../machines/payment-order.machine.ts', import.meta.url).href;
const xstate = import.meta.resolve('xstate');

const write = (name: string, lines: readonly string[]) => {
  writeFileSync(here.path(name), lines.join('\n'));
  return here.path(name);
};

test('exports every history as an anonymised file', async () => {
  await here.run('create', 'Secret1', '--process-bill-no', 'SecretF1');
  const exported = await here.json('export', '--fixtures', 'fixtures', '--anonymise');
  expect(exported).toMatchObject({ code: 0, body: { histories: 1, events: 1 } });
  const text = readFileSync(here.path('fixtures/000001.json'), 'utf8');
  expect(text).toContain('PaymentOrderCreated');
  expect(text).not.toContain('Secret');
  expect((await here.run('export', 'Secret1', '--fixtures', 'again')).code).toBe(2);
});

describe('the change gate', () => {
  test('replays every history of a store through the machine of a file', async () => {
    await here.run('create', 'O1', '--process-bill-no', 'F1');
    await here.run('start', 'O1');
    const same = write('same.mjs', [`export * from ${JSON.stringify(machines)};`]);
    const other = write('other.mjs', [
      `import { paymentOrderMachine } from ${JSON.stringify(machines)};`,
      `import { createMachine } from ${JSON.stringify(fileURLToPath(xstate))};`,
      'const { config, implementations } = paymentOrderMachine;',
      'const { paying, created, ...states } = config.states;',
      "const on = { ...created.on, PaymentStarted: { target: 'failed', actions: 'record' } };",
      'states.created = { ...created, on };',
      'states.cancelling = { ...states.cancelling, states: { ...states.cancelling.states,',
      "  settling: { always: { target: '#paymentOrder.created' } } } };",
      'export default createMachine({ ...config, states }, implementations);',
    ]);
    const gate = ['replay', '--check', '--all', '--machine'] as const;
    const [as, not, none, alone] = await Promise.all([
      here.json(...gate, same),
      here.json(...gate, other),
      here.run(...gate, write('none.mjs', ['export const x = 1;'])),
      here.run('replay', 'O1', '--machine', same),
    ]);
    expect(as).toEqual({ code: 0, body: { orders: 1, different: [], stranded: [] } });
    expect(not).toMatchObject({
      code: 4,
      body: {
        different: [
          { divergence: { revision: 1, cause: 'other-target', derived: { to: 'failed' } } },
        ],
        stranded: [{ stream: 'paymentOrder-O1', state: 'paying' }],
      },
    });
    expect([none.code, alone.code]).toEqual([2, 2]);
    const { stdout, stderr } = await here.run(...gate, other);
    expect(stdout).toContain('another target: created → paying | created → failed');
    expect(stdout).toContain('O1: STRANDED in paying');
    expect(stderr).toContain('1 order replayed through the machine, 1 not as recorded');
  });
});

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makePrivateDirectory } from '../../src/private-files.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import { check } from './check.ts';
import { tellPlatform, writeNight } from './store.ts';

// A person tries the console on ten things to settle: `npm run console:trial -- DIR`, and afterwards
// `npm run console:trial -- --check DIR`.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    actor: { type: 'string', default: process.env['PAYMENT_ORDER_ACTOR'] ?? 'operator' },
    port: { type: 'string', default: '0' },
  },
});
const [directory] = positionals;
if (directory === undefined) {
  process.stderr.write('usage: npm run console:trial -- [--check] [--actor ID] [--port N] DIR\n');
  process.exit(2);
}
const file = join(directory, 'payment-orders.db');
const store = `sqlite:${file}`;
if (values.check) await report();
else await serve();

async function report(): Promise<void> {
  const found = await check(store);
  for (const { kind, what, isSettled, how } of found) {
    const verdict = isSettled ? 'settled' : 'OPEN   ';
    process.stdout.write(`${verdict} ${kind} ${what}: ${how.join(', ') || 'nothing recorded'}\n`);
  }
  const settled = found.filter(({ isSettled }) => isSettled).length;
  process.stdout.write(`${settled} of ${found.length} settled\n`);
  process.exitCode = settled === found.length ? 0 : 1;
}

/** The sandbox lives as long as the console, which ends by Ctrl-C. */
async function serve(): Promise<void> {
  makePrivateDirectory(join(directory ?? '.', 'keys'));
  if (!existsSync(file)) await writeNight(store);
  const { publicKey, privateKeyFile } = sandboxKeys(join(directory ?? '.', 'keys'));
  await using sandbox = await startSandbox({
    runtime: systemRuntime(),
    callerPublicKey: publicKey,
  });
  tellPlatform(sandbox);
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
  const { actor, port } = values;
  const args = [main, '--store', store, '--actor', actor, 'console', '--act', '--port', port];
  const child = spawn(process.execPath, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      PAYMENT_ORDER_GATEWAY_URL: sandbox.url,
      PAYMENT_ORDER_GATEWAY_APP_ID: sandbox.appId,
      PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: privateKeyFile,
    },
  });
  // The console ends first, then what it calls. Ctrl-C reaches both; a second signal would not wait.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  await new Promise((resolve) => child.once('close', resolve));
}

import { KeyObject, generateKeyPairSync } from 'node:crypto';
import { chmodSync, closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rotatingKeyFile } from '../../src/cli/input/key-file.ts';
import { gatewaysFrom } from '../../src/cli/input/gateways.ts';
import { settingsFrom } from '../../src/cli/input/settings.ts';
import { desk, withSandbox } from './support.ts';
import type { Desk } from './support.ts';

const isPosix = process.platform !== 'win32';
const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function aDesk(): Desk {
  const here = desk();
  onTestFinished(() => here.remove());
  return here;
}

/** Replaces the file at once, as a key should be: nobody reads half of one. */
function put(path: string, pem: string): void {
  writeFileSync(`${path}.new`, pem, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** A `work` that runs with this key in `key.pem`, and a sandbox that knows another one. */
async function working(pem: string) {
  const here = aDesk();
  const sandbox = await withSandbox(here);
  onTestFinished(() => sandbox.close());
  const knownPath = here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] ?? '';
  const known = readFileSync(knownPath, 'utf8');
  const path = here.path('key.pem');
  here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] = path;
  put(path, pem);
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  const work = here.start('work');
  await work.said('working: ');
  /** Another process cannot reach the platform, and leaves an attempt that is soon due. */
  const away = ['--gateway-url', 'http://127.0.0.1:1', '--private-key-file', knownPath];
  const makeDue = () => here.run('cancel', 'O1', ...away);
  return { sandbox, known, path, work, makeDue };
}

describe('work', () => {
  test('signs with a key that replaced the one with which it began', async () => {
    const { sandbox, known, path, work, makeDue } = await working(pemOf(newKey()));

    put(path, known);
    await makeDue();

    expect(await work.said('now cancelled')).toContain(
      'O1: CancelRetryDue; attempt 2 at default: confirmed',
    );
    expect(sandbox.requests).toHaveLength(1);
  });

  test.runIf(isPosix)(
    'makes no call where its key may no longer be read, and says so',
    async () => {
      const { sandbox, path, work, makeDue } = await working(pemOf(newKey()));

      chmodSync(path, 0o604);
      await makeDue();
      await work.said('calls are not made');
      work.stop('SIGTERM');

      const { stderr } = await work.ended;
      expect(stderr).toMatch(/key\.pem .*run chmod 6[04]0 on it.*; calls are not made/);
      expect(sandbox.requests).toEqual([]);
    },
  );
});

describe('the key file of a command', () => {
  const gatewayOf = async (path: string, key?: 'once' | 'again') => {
    const flags = { gatewayUrl: 'https://localhost', appId: 'A'.repeat(16), privateKeyFile: path };
    const settings = settingsFrom({ flags, env: {} });
    return (await gatewaysFrom(settings, () => undefined, key))?.['default']?.privateKey;
  };

  test('is read once by a command that ends, and again by one that goes on', async () => {
    const path = aDesk().path('key.pem');
    const [old, next] = [newKey(), newKey()];
    put(path, pemOf(old));

    const once = await gatewayOf(path);
    const again = await gatewayOf(path, 'again');
    put(path, pemOf(next));

    expect(once instanceof KeyObject && once.equals(old)).toBe(true);
    const read = typeof again === 'function' ? await again() : again;
    expect(read instanceof KeyObject && read.equals(next)).toBe(true);
  });

  test('is refused at the start where it holds no key', async () => {
    const path = aDesk().path('key.pem');
    put(path, 'none');

    for (const key of ['once', 'again'] as const) {
      await expect(gatewayOf(path, key)).rejects.toMatchObject({ code: 'invalid-private-key' });
    }
  });

  test.runIf(isPosix)('is read once where it is already open', () => {
    const path = aDesk().path('key.pem');
    const key = newKey();
    put(path, pemOf(key));
    const open = openSync(path, 'r');

    const read = rotatingKeyFile(`/dev/fd/${open}`);
    closeSync(open);

    expect(read instanceof KeyObject && read.equals(key)).toBe(true);
  });
});

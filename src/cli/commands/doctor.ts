import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { addressOf, parseGatewayUrl } from '../../gateway/gateway-url.ts';
import { readPrivateKeyFile } from '../../gateway/private-key-file.ts';
import { isAppId } from '../../gateway/wire.ts';
import { openStore } from '../../open.ts';
import type { Runtime } from '../../runtime.ts';
import { instantOf, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Words } from '../../words/cli/en.ts';
import { en } from '../../words/cli/en.ts';
import { command } from '../command.ts';
import type { Settings } from '../input/settings.ts';
import { missingGatewaySettings } from '../input/settings.ts';
import { isAbsentFile, isWritable, sqlitePath } from '../input/store-path.ts';
import { exitCodeOf, exitCodes } from '../output/failure.ts';
import { table } from '../output/table.ts';

export const commands = [
  command('doctor', {
    about: 'check this machine and these settings, and say what to do',
    /** Checks all that must be right before money moves; changes and sends nothing. */
    run: async ({ settings, screen, words }) => {
      const checks = await checksOf(settings, systemRuntime());
      const isWell = checks.every(({ ok }) => ok);
      const isDamaged = checks.some(({ isDamage }) => isDamage === true);
      if (screen.json) {
        const reported = checks.map(({ name, ok, say }) => ({ name, ok, message: say(en.doctor) }));
        screen.document({ checks: reported });
      } else {
        const { names, ok: well, notOk, allOk } = words.doctor;
        const rows = checks.map(({ name, ok, say }) => [
          screen.paint(ok ? 'green' : 'red', ok ? well : notOk),
          names[name],
          escapeForTerminal(say(words.doctor)),
        ]);
        screen.lines(await table(rows));
        if (isWell) screen.talk(allOk);
        if (isDamaged) screen.talk(words.hint(words.store.advice['store-corrupt']));
      }
      if (isWell) return exitCodes.ok;
      return isDamaged ? exitCodes.integrity : exitCodes.runtime;
    },
  }),
];

/** JSON reports it in English, people read it in their language. */
type Check = {
  readonly name: keyof Words['doctor']['names'];
  readonly ok: boolean;
  readonly say: (words: Words['doctor']) => string;
  /** The store is damaged, which has an exit code of its own. */
  readonly isDamage?: boolean;
};

async function checksOf(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  return [
    ...(await runtimeChecks()),
    ...(await storeChecks(settings, runtime)),
    ...(await gatewayChecks(settings, runtime)),
    clockCheck(runtime),
  ];
}

/** Node and its SQLite, by the store's own rule. */
async function runtimeChecks(): Promise<readonly Check[]> {
  const { node, sqlite = '0' } = process.versions;
  return [
    versionCheck('node', node, await isFit({ node, sqlite: '999' })),
    versionCheck('sqlite', sqlite, await isFit({ node: '999', sqlite })),
  ];
}

function versionCheck(name: 'node' | 'sqlite', version: string, ok: boolean): Check {
  return { name, ok, say: (words) => (ok ? words.versionIs : words.updateNode)(version) };
}

async function isFit(versions: { readonly node: string; readonly sqlite: string }) {
  try {
    const { checkRuntime } = await import('../../event-store/sqlite/file.ts');
    checkRuntime(versions);
    return true;
  } catch {
    // An old Node has no SQLite.
    return false;
  }
}

const yearsSane = [2024, 2100] as const;

function clockCheck(runtime: Pick<Runtime, 'now'>): Check {
  const time = instantOf(runtime.now());
  const year = Number(time.slice(0, 4));
  const ok = year >= yearsSane[0] && year < yearsSane[1];
  return { name: 'clock', ok, say: (words) => (ok ? time : words.clockIsWrong(time)) };
}

/** Lets the store check itself; reads no events of others, writes nothing and makes no file. */
async function storeChecks(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  const path = sqlitePath(settings.storeUrl);
  const checks = [await reachable(settings.storeUrl, path, runtime)];
  if (path !== null) checks.push(permissionCheck(path));
  return checks;
}

async function reachable(url: string, path: string | null, runtime: Runtime): Promise<Check> {
  const name = 'store';
  try {
    const store = await openStore(url, runtime, { readOnly: true });
    try {
      const faults = await store.check();
      if (faults.length > 0) return { name, ok: false, isDamage: true, say: damage(faults) };
    } finally {
      await store.close();
    }
  } catch (error) {
    const isDamage = exitCodeOf(error) === exitCodes.integrity;
    return { name, ok: false, isDamage, say: () => messageOf(error) };
  }
  if (url === 'memory:') return { name, ok: true, say: (words) => words.storeInMemory };
  if (path === null) return { name, ok: true, say: (words) => words.storeIsReached };
  const isAbsent = isAbsentFile(url);
  const say: Check['say'] = (words) =>
    (isAbsent ? words.storeIsAbsent : words.storeIsReadable)(path);
  return { name, ok: true, say };
}

const faultsShown = 5;

function damage(faults: readonly string[]): Check['say'] {
  const shown = faults.slice(0, faultsShown).join('; ');
  return (words) => words.storeIsDamaged(faults.length > faultsShown ? `${shown}; …` : shown);
}

const writableByAll = 0o002;

function permissionCheck(path: string): Check {
  const name = 'file-permissions';
  if (!isWritable(path)) return { name, ok: false, say: (words) => words.directoryIsNotWritable };
  const mode = statSync(existsSync(path) ? path : dirname(resolve(path))).mode & 0o777;
  const shown = mode.toString(8).padStart(4, '0');
  // A directory like /tmp is open to everyone; a file in it must not be.
  const isOpen = existsSync(path) && process.platform !== 'win32' && (mode & writableByAll) !== 0;
  return {
    name,
    ok: !isOpen,
    say: (words) => (isOpen ? words.fileIsOpen : words.fileIsPrivate)(shown),
  };
}

const connectLimitMs = 3_000;
const bitsRecommended = 2048;

/** Checks settings, URL and key, and connects without sending a request. */
async function gatewayChecks(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  const { url, appId, privateKeyFile, allowInsecureHttp } = settings.gateway;
  const checks: Check[] = [completeness(settings)];
  if (privateKeyFile !== undefined) checks.push(keyCheck(privateKeyFile));
  if (url === undefined) return checks;
  try {
    const parsed = parseGatewayUrl(url, { allowInsecureHttp });
    checks.push({ name: 'gateway-url', ok: true, say: (words) => words.urlAccepted });
    checks.push(await reachCheck(parsed, runtime));
  } catch (error) {
    checks.push({ name: 'gateway-url', ok: false, say: () => messageOf(error) });
  }
  if (appId !== undefined && !isAppId(appId)) {
    checks.push({ name: 'gateway-settings', ok: false, say: (words) => words.appIdIsWrong });
  }
  return checks;
}

function completeness(settings: Settings): Check {
  const missing = missingGatewaySettings(settings);
  const isGiven = settings.gateway.url !== undefined;
  return {
    name: 'gateway-settings',
    ok: missing.length === 0,
    say: (words) => {
      if (missing.length > 0) return words.gatewayIncomplete(missing.join(', '));
      return isGiven ? words.gatewayComplete : words.gatewayAbsent;
    },
  };
}

function keyCheck(file: string): Check {
  const name = 'private-key';
  try {
    const bits = readPrivateKeyFile(file).asymmetricKeyDetails?.modulusLength ?? 0;
    const isWeak = bits < bitsRecommended;
    return { name, ok: true, say: (words) => (isWeak ? words.keyIsWeak : words.keyIsFit)(bits) };
  } catch (error) {
    return { name, ok: false, say: () => messageOf(error) };
  }
}

async function reachCheck(url: URL, runtime: Runtime): Promise<Check> {
  const why = await connected(url, runtime);
  return {
    name: 'gateway-reachable',
    ok: why === null,
    say: (words) => (why === null ? words.reached(url.host) : words.notReached(url.host, why)),
  };
}

/** Null when a connection was made, else why not. */
function connected(url: URL, runtime: Runtime): Promise<string | null> {
  const socket = connect(addressOf(url));
  return new Promise((resolve) => {
    const stopTimer = runtime.setTimer(connectLimitMs, () => {
      end(`no connection within ${connectLimitMs} ms`);
    });
    function end(why: string | null): void {
      stopTimer();
      socket.destroy();
      resolve(why);
    }
    socket.once('connect', () => {
      end(null);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code ?? 'failed');
    });
  });
}

/** Messages of errors name no secret. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

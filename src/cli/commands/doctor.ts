import type { KeyObject } from 'node:crypto';
import { connect } from 'node:net';
import type { CallRuleName } from '../../gateway/call-classification.ts';
import { addressOf, parseGatewayUrl } from '../../gateway/gateway-url.ts';
import { readPrivateKeyFile } from '../../gateway/private-key-file.ts';
import { isAppId } from '../../gateway/wire.ts';
import type { Runtime } from '../../runtime.ts';
import { instantOf, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { en } from '../../words/cli/en.ts';
import { command } from '../command.ts';
import type { Settings } from '../input/settings.ts';
import type { Context } from '../io.ts';
import type { GatewayGiven } from '../input/gateways.ts';
import { gatewayFrom, givenGateways, missingGatewaySettings } from '../input/gateways.ts';
import { exitCodes } from '../output/failure.ts';
import { table } from '../output/table.ts';
import { messageOf, storeChecks } from './doctor-store.ts';
import type { Check } from './doctor-store.ts';

export const commands = [
  command('doctor', {
    about: 'check this machine and these settings, and say what to do',
    /** Checks all that must be right before money moves. It asks one question, and changes nothing. */
    run: async (context) => {
      const { settings, screen, words } = context;
      const checks = await checksOf(settings, systemRuntime());
      const isWell = checks.every(({ ok }) => ok);
      const isDamaged = checks.some(({ isDamage }) => isDamage === true);
      if (screen.json) {
        const reported = checks.map(({ name, ok, say }) => ({ name, ok, message: say(en.doctor) }));
        screen.document({ checks: reported });
      } else {
        const { names, allOk, nothingWrong } = words.doctor;
        const rows = checks.map((check) => [
          markOf(check, context),
          names[check.name],
          escapeForTerminal(check.say(words.doctor)),
        ]);
        screen.lines(await table(rows, screen.columns));
        const hasNotes = checks.some(({ isNote }) => isNote === true);
        if (isWell) screen.talk(hasNotes ? nothingWrong : allOk);
        if (isDamaged) screen.talk(words.hint(words.store.advice['store-corrupt']));
      }
      if (isWell) return exitCodes.ok;
      return isDamaged ? exitCodes.integrity : exitCodes.runtime;
    },
  }),
];

function markOf({ ok, isNote }: Check, { screen, words }: Context): string {
  const { ok: well, note, notOk } = words.doctor;
  if (!ok) return screen.paint('red', notOk);
  return isNote === true ? screen.paint('yellow', note) : screen.paint('green', well);
}

async function checksOf(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  return [
    ...(await runtimeChecks()),
    ...(await storeChecks(settings, runtime)),
    ...(await allGatewayChecks(settings, runtime)),
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

const connectLimitMs = 3_000;
const bitsRecommended = 2048;

/** Each gateway in turn; where there are several, every line says which. */
async function allGatewayChecks(settings: Settings, runtime: Runtime): Promise<readonly Check[]> {
  const name = 'gateway-settings';
  try {
    const gateways = givenGateways(settings);
    if (gateways.length === 0) {
      return [{ name, ok: true, say: (words) => words.gatewayAbsent }];
    }
    const checks: Check[] = [];
    for (const given of gateways) {
      const ofOne = await gatewayChecks(given, runtime);
      checks.push(...(gateways.length === 1 ? ofOne : ofOne.map((check) => named(given, check))));
    }
    return checks;
  } catch (error) {
    return [{ name, ok: false, say: () => messageOf(error) }];
  }
}

function named({ name }: GatewayGiven, check: Check): Check {
  return { ...check, say: (words) => `${name}: ${check.say(words)}` };
}

/** Checks settings, URL and key, and connects without sending a request. */
async function gatewayChecks(given: GatewayGiven, runtime: Runtime): Promise<readonly Check[]> {
  const { url, appId, privateKeyFile, allowInsecureHttp } = given;
  const checks: Check[] = [completeness(given)];
  const { check: ofKey, key } = keyCheck(privateKeyFile);
  if (ofKey !== null) checks.push(ofKey);
  if (url === undefined) return checks;
  try {
    const parsed = parseGatewayUrl(url, { allowInsecureHttp });
    checks.push({ name: 'gateway-url', ok: true, say: (words) => words.urlAccepted });
    const reach = await reachCheck(parsed, runtime);
    checks.push(reach);
    const isUsable = checks.every(({ ok }) => ok) && appId !== undefined && isAppId(appId);
    if (isUsable && key !== null) checks.push(await queryCheck(given, runtime, key));
  } catch (error) {
    checks.push({ name: 'gateway-url', ok: false, say: () => messageOf(error) });
  }
  if (appId !== undefined && !isAppId(appId)) {
    checks.push({ name: 'gateway-settings', ok: false, say: (words) => words.appIdIsWrong });
  }
  return checks;
}

function completeness(given: GatewayGiven): Check {
  const missing = missingGatewaySettings(given);
  return {
    name: 'gateway-settings',
    ok: missing.length === 0,
    say: (words) =>
      missing.length > 0 ? words.gatewayIncomplete(missing.join(', ')) : words.gatewayComplete,
  };
}

/** The key goes with its check, because a pipe gives it once. */
function keyCheck(file: string | undefined): {
  readonly check: Check | null;
  readonly key: KeyObject | null;
} {
  if (file === undefined) return { check: null, key: null };
  const name = 'private-key';
  try {
    const key = readPrivateKeyFile(file);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    const isNote = bits < bitsRecommended;
    const say: Check['say'] = (words) => (isNote ? words.keyIsWeak : words.keyIsFit)(bits);
    return { check: { name, ok: true, isNote, say }, key };
  } catch (error) {
    return { check: { name, ok: false, say: () => messageOf(error) }, key: null };
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

/** No platform has an order of this number: what is asked is whether it may be asked. */
const unknownOrderNo = 'PAYMENT-ORDER-DOCTOR';

/** Rules that say that the platform refuses us, whatever we call. */
const refusals = [
  'app-id-wrong',
  'signature-refused',
  'timestamp-refused',
] as const satisfies readonly CallRuleName[];

/** Asks one question about an order that does not exist, which changes nothing anywhere. */
async function queryCheck(given: GatewayGiven, runtime: Runtime, key: KeyObject): Promise<Check> {
  const name = 'gateway-query';
  try {
    const settings = await gatewayFrom(given, () => undefined, key);
    const { openHttpGateway } = await import('../../gateway/http-gateway.ts');
    const gateway = openHttpGateway({ ...settings, runtime });
    const answer = await gateway.query({ orderNo: unknownOrderNo });
    await gateway.close();
    const { status, rule, responseCode = '–' } = answer;
    if (status === 'unavailable') {
      return { name, ok: true, isNote: true, say: (words) => words.queryForbidden(responseCode) };
    }
    const refusal = refusals.find((known) => known === rule);
    if (refusal !== undefined) {
      return { name, ok: false, say: (words) => words.queryRefused[refusal] };
    }
    const isAnswered = answer.responseCode !== undefined;
    if (!isAnswered) return { name, ok: false, say: (words) => words.queryFailed(rule) };
    const isNote = responseCode !== '000';
    return {
      name,
      ok: true,
      isNote,
      say: (words) => (isNote ? words.queryUnclear(responseCode) : words.queryAllowed),
    };
  } catch (error) {
    return { name, ok: false, say: () => messageOf(error) };
  }
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

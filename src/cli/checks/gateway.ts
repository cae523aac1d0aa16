import { connect } from 'node:net';
import type { Runtime } from '../../runtime.ts';
import { parseGatewayUrl } from '../../gateway/gateway-url.ts';
import { readPrivateKeyFile } from '../../gateway/private-key.ts';
import type { Settings } from '../input/settings.ts';
import { missingGatewaySettings } from '../input/settings.ts';
import type { Check } from './check.ts';
import { messageOf } from './check.ts';

const connectLimitMs = 3_000;
const bitsAskedFor = 2048;

/** Settings, URL, key, and whether anything listens there: a connection, and no request. */
export async function gatewayChecks(
  settings: Settings,
  runtime: Runtime,
): Promise<readonly Check[]> {
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
  return appId === undefined ? checks : [...checks, ...appIdChecks(appId)];
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

function appIdChecks(appId: string): readonly Check[] {
  if (/^[A-Za-z0-9]{16}$/.test(appId)) return [];
  return [{ name: 'gateway-settings', ok: false, say: (words) => words.appIdIsWrong }];
}

function keyCheck(file: string): Check {
  const name = 'private-key';
  try {
    const bits = readPrivateKeyFile(file).asymmetricKeyDetails?.modulusLength ?? 0;
    return {
      name,
      ok: true,
      say: (words) => (bits < bitsAskedFor ? words.keyIsWeak(bits) : words.keyIsFit(bits)),
    };
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
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ''), port });
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

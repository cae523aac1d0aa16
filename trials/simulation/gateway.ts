import type {
  CancelGateway,
  CancelOutcome,
  CancelRequest,
} from '../../src/gateway/cancel-gateway.ts';
import { classify } from '../../src/gateway/classification.ts';
import type { Seen } from '../../src/gateway/classification.ts';
import type { Caller } from './checker.ts';
import { attemptMs } from './checker.ts';
import type { Account } from './accounts.ts';
import type { Platform } from './platform.ts';
import { blockedAnswer } from './platform.ts';
import type { Incarnation } from './process.ts';
import { ask } from './questions.ts';
import type { Sim } from './sim.ts';

/** So late may a request still come to the channel, ms; then later than was assumed. */
const lateMs = [16_000, 55_000] as const;
const laterMs = [60_000, 200_000] as const;

/**
 * The way to the platform as one incarnation sees it, with the keys of one account: requests and
 * replies get lost, come late or twice. What was seen is classified by the shipped rules.
 */
export function gatewayOf(
  sim: Sim,
  life: Incarnation,
  platform: Platform,
  account: Account,
): CancelGateway {
  const from = { life, account };
  return {
    identity: account.appId,
    attemptMs,
    cancel: (request, maySend) => cancel(sim, from, platform, request, maySend),
    ...(sim.canBeAsked ? { query: (request) => ask(sim, from, platform, request) } : {}),
    close: () => Promise.resolve(),
  };
}

async function cancel(
  sim: Sim,
  from: Caller,
  platform: Platform,
  request: CancelRequest,
  maySend: () => boolean,
): Promise<CancelOutcome> {
  const { kernel, checker } = sim;
  const { orderNo } = request;
  const { life } = from;
  const attempt = checker.begins(life, request);
  const nonce = sim.random('nonces').hex(6);
  await life.point(`connect for ${orderNo}`);
  const hangs = sim.strikes('gatewayHangs', 0.1);
  const isSlow = sim.strikes('slowConnect', 0.1);
  const connectMs = isSlow ? sim.random('slowConnect').between(10_000, 60_000) : latencyMs(sim);
  await life.pause(hangs ? sim.random('gatewayHangs').between(1, 40_000) : connectMs, 'connect');
  if (sim.strikes('connectFails', 0.15)) {
    return outcome(sim, { phase: 'before-sending', failure: 'connection-refused' });
  }
  if (!maySend()) return outcome(sim, { phase: 'before-sending', failure: 'not-allowed' });
  checker.sending(from, request, attempt, nonce);
  life.acts();
  kernel.note(`SEND attempt ${attempt} of ${orderNo} by ${life.name}`);
  const { promise, resolve } = Promise.withResolvers<Seen>();
  deliver(sim, platform, { orderNo, attempt, nonce }, resolve);
  if (sim.strikes('gatewayThrows', 0.04)) {
    checker.ends(nonce, 'threw');
    throw new Error('an error of a custom gateway');
  }
  const stop = kernel.schedule(attemptMs, `${life.name} times out for ${orderNo}`, () => {
    resolve({ phase: 'sent', failure: 'timeout', reusedConnection: false });
  });
  const seen = await life.wait(promise, `answer for ${orderNo}`);
  stop();
  // A custom gateway may delay what it knows.
  if (hangs) await life.pause(sim.random('gatewayHangs').between(1, laterMs[1]), 'hang');
  checker.ends(nonce, 'answered');
  return { ...outcome(sim, seen), nonce };
}

type Sent = { readonly orderNo: string; readonly attempt: number; readonly nonce: string };

/** Puts one request on its way; a copy of it may come later, its reply may be lost. */
function deliver(
  sim: Sim,
  platform: Platform,
  { orderNo, attempt, nonce }: Sent,
  reply: (seen: Seen) => void,
): void {
  const { kernel } = sim;
  if (sim.strikes('requestLost', 0.1)) return;
  const late = () => {
    const isAsAssumed = !sim.strikes('laterThanAssumed', 0.3);
    const [least, most] = isAsAssumed ? lateMs : laterMs;
    return sim.random('late').between(least, most);
  };
  const delayMs = sim.strikes('lateExecution', 0.1) ? late() : latencyMs(sim);
  // Drawn once: what is wrong with a request is wrong with its copy.
  const isBlocked = sim.strikes('blockedCalls', 0.05);
  const arrive = (isCopy: boolean) => () => {
    const seen = isBlocked ? blockedAnswer : platform.cancel(orderNo, attempt, nonce);
    if (isCopy || sim.strikes('replyLost', 0.15)) return;
    kernel.schedule(latencyMs(sim), `reply to attempt ${attempt} of ${orderNo}`, () => {
      reply(seen);
    });
  };
  kernel.schedule(delayMs, `attempt ${attempt} of ${orderNo} arrives`, arrive(false));
  if (sim.strikes('duplicateExecution', 0.1)) {
    kernel.schedule(late(), `copy of attempt ${attempt} of ${orderNo} arrives`, arrive(true));
  }
}

function outcome(sim: Sim, seen: Seen): CancelOutcome {
  const ids = sim.random('evidence');
  const isAnswered = seen.phase === 'answered';
  return {
    ...classify(seen),
    ...(isAnswered ? { requestId: ids.hex(8), httpStatus: seen.httpStatus } : {}),
  };
}

function latencyMs(sim: Sim): number {
  return sim.random('gatewayLatency').between(5, 300);
}

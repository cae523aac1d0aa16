/**
 * Which gateways are down, by what recovery saw of its own calls, and which orders wait for them.
 *
 * An attempt that cannot be sent spends a part of the order's budget and teaches nothing new. So
 * while a gateway is down one timer at a time is fired, as a trial, with a growing pause after it. The
 * others wait here: nothing is recorded for them. The first trial that goes through lets all go on.
 */

import type { CancelGateway } from '../gateway/cancel-gateway.ts';
import type { GatewayIdentity, NamedGateway } from '../order/gateways.ts';
import type { BackoffRule, Runtime } from '../runtime.ts';
import { backoffMs, late, withinLimit } from '../runtime.ts';
import { signOfAttempt, signOfQuestion } from './gateway-signs.ts';
import type { Sign } from './gateway-signs.ts';
import { statusOfGateway } from './status.ts';
import type { GatewayStatus } from './status.ts';

export type HealthDependencies = {
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
  /** Whether trials are made while a gateway is down. Where work is done once, none is. */
  readonly makesTrials: boolean;
  /** How many passes of one gateway there may be: one that never answers must not hold up the others. */
  readonly passesMax: number;
  /** Called when a gateway goes down, and when it comes up again. Never throws. */
  readonly onGateway: (gateway: GatewayStatus) => void;
};

/** The right to fire one timer of a gateway, until `end`. */
export type Pass = {
  /** The same gateway; what is called with it is seen. */
  readonly watched: (gateway: NamedGateway) => NamedGateway;
  /** Whether a call was made. */
  readonly end: () => boolean;
};

/** So long the others wait for what the first call shows, ms. A connection takes less. */
const aloneMs = 5_000;

/** The pause after a trial that failed. */
const trialBackoff: BackoffRule = { firstMs: 5_000, maxMs: 60_000, jitter: 0 };

type Down = {
  readonly sinceMs: number;
  rule: string;
  /** What is needed to end it: that a call was sent, or that one was not blocked. */
  isBlocked: boolean;
  /** Trials in a row that failed, with the call that began it. */
  failures: number;
  trial: 'pausing' | 'allowed' | 'running';
  cancelTimer: () => void;
};

type Known = {
  readonly of: GatewayIdentity;
  /** The first pass while it lasts; `over` once a call has ended, or has lasted too long. */
  first: Promise<undefined> | 'over' | null;
  down: Down | null;
  readonly waiting: Set<string>;
  /** How many were given and have not ended. */
  passes: number;
};

export class GatewayHealth {
  readonly #dependencies: HealthDependencies;
  readonly #known = new Map<string, Known>();
  #look: (orderNo: string) => void = () => undefined;

  /** @param gateways - Those that are known from the start. */
  constructor(dependencies: HealthDependencies, gateways: readonly GatewayIdentity[]) {
    this.#dependencies = dependencies;
    for (const gateway of gateways) this.#knownOf(gateway);
    // Only a trial has a timer, and many runs may share one signal.
    if (!dependencies.makesTrials) return;
    dependencies.signal.addEventListener('abort', () => {
      for (const { down } of this.#known.values()) down?.cancelTimer();
    });
  }

  /** @param look - Called with an order that waited, when it may go on. */
  whenReleased(look: (orderNo: string) => void): void {
    this.#look = look;
  }

  /**
   * The first call of a process is made alone: where it fails, no other attempt is spent.
   *
   * @returns null where the order waits for the gateway now: it is down, or has as many as it may.
   */
  async enter(gateway: GatewayIdentity, orderNo: string): Promise<Pass | null> {
    const known = this.#knownOf(gateway);
    while (known.first !== 'over') {
      const { first } = known;
      if (first === null) return this.#firstPassOf(known);
      const { runtime } = this.#dependencies;
      if ((await withinLimit(runtime, aloneMs, () => first)) === late) known.first = 'over';
    }
    if (!this.#isFree(known)) {
      known.waiting.add(orderNo);
      return null;
    }
    const { down } = known;
    if (down !== null) down.trial = 'running';
    return this.#passOf(known, down);
  }

  /** Whether a trial, or another pass, may be had now. */
  #isFree({ down, passes }: Known): boolean {
    return down === null ? passes < this.#dependencies.passesMax : down.trial === 'allowed';
  }

  /** The order waits no more. */
  forget(orderNo: string): void {
    for (const { waiting } of this.#known.values()) waiting.delete(orderNo);
  }

  /** Where a trial or another pass is free, lets the order have it that has waited longest. */
  goOn(): void {
    for (const known of this.#known.values()) {
      const { waiting } = known;
      const [first] = waiting;
      if (first === undefined || !this.#isFree(known)) continue;
      waiting.delete(first);
      this.#look(first);
    }
  }

  statuses(): readonly GatewayStatus[] {
    return Array.from(this.#known.values(), statusOfGateway);
  }

  #knownOf({ name, appId }: GatewayIdentity): Known {
    const known = this.#known.get(name) ?? {
      ...{ of: { name, appId }, first: null, down: null },
      ...{ waiting: new Set<string>(), passes: 0 },
    };
    this.#known.set(name, known);
    return known;
  }

  #firstPassOf(known: Known): Pass {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    known.first = promise;
    const pass = this.#passOf(known, null);
    return {
      watched: pass.watched,
      end: () => {
        const hasCalled = pass.end();
        if (known.first === promise) known.first = hasCalled ? 'over' : null;
        resolve(undefined);
        return hasCalled;
      },
    };
  }

  /** @param trial - What the pass tries to end. */
  #passOf(known: Known, trial: Down | null): Pass {
    let hasCalled = false;
    known.passes += 1;
    return {
      watched: (gateway) => {
        const port = watchedPort(gateway.port, (sign) => {
          hasCalled = true;
          if (sign !== null) this.#saw(known, sign);
        });
        return { ...gateway, port };
      },
      end: () => {
        known.passes -= 1;
        if (trial === null || known.down !== trial) return hasCalled;
        if (hasCalled) this.#pause(trial);
        else trial.trial = 'allowed';
        return hasCalled;
      },
    };
  }

  #saw(known: Known, { kind, rule }: Sign): void {
    const { down } = known;
    if (kind === 'unreachable' || kind === 'blocked') {
      const isBlocked = kind === 'blocked';
      if (down === null) this.#goDown(known, rule, isBlocked);
      else Object.assign(down, { rule, isBlocked });
    } else if (down !== null && (kind === 'up' || (kind === 'reached' && !down.isBlocked))) {
      this.#comeUp(known, down);
    }
  }

  #goDown(known: Known, rule: string, isBlocked: boolean): void {
    const down: Down = {
      ...{ sinceMs: this.#dependencies.runtime.now(), rule, isBlocked, failures: 0 },
      ...{ trial: 'pausing', cancelTimer: () => undefined },
    };
    known.down = down;
    this.#pause(down);
    this.#dependencies.onGateway(statusOfGateway(known));
  }

  #comeUp(known: Known, down: Down): void {
    known.down = null;
    down.cancelTimer();
    const waiting = [...known.waiting];
    known.waiting.clear();
    this.#dependencies.onGateway(statusOfGateway(known));
    for (const orderNo of waiting) this.#look(orderNo);
  }

  #pause(down: Down): void {
    const { runtime, signal, makesTrials } = this.#dependencies;
    down.trial = 'pausing';
    down.failures += 1;
    if (!makesTrials || signal.aborted) return;
    down.cancelTimer = runtime.setTimer(backoffMs(runtime, trialBackoff, down.failures), () => {
      down.trial = 'allowed';
      this.goOn();
    });
  }
}

/** @param saw - Called when a call begins, with null, and with what it says when it has ended. */
function watchedPort(port: CancelGateway, saw: (sign: Sign | null) => void): CancelGateway {
  const watched: CancelGateway = {
    identity: port.identity,
    attemptMs: port.attemptMs,
    cancel: async (request, maySend) => {
      saw(null);
      const outcome = await port.cancel(request, maySend);
      saw(signOfAttempt(outcome));
      return outcome;
    },
    close: () => port.close(),
  };
  const query = port.query?.bind(port);
  if (query === undefined) return watched;
  return {
    ...watched,
    query: async (request) => {
      saw(null);
      const answer = await query(request);
      saw(signOfQuestion(answer));
      return answer;
    },
  };
}

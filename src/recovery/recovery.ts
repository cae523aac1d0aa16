import type { Translate } from '../inbox/types.ts';
import { requireAskable } from '../order/question.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { parseInput } from '../parse.ts';
import { instantOf } from '../runtime.ts';
import type { CheckpointKeeper } from '../tlog/keeper.ts';
import type { TransparencyLog } from '../tlog/log.ts';
import { attemptsAtOnceMax, requireGateways } from './due.ts';
import { Follower } from './follow.ts';
import type { Followed } from './followed.ts';
import { followedNotices, followedOpen, followedOrders } from './followed.ts';
import { GatewayHealth } from './gateway-health.ts';
import type { HealthDependencies } from './gateway-health.ts';
import type { Heartbeat } from './heartbeat.ts';
import { noticeDuty, settleOnce } from './notices.ts';
import { keeperOf } from './log-checkpoints.ts';
import { onceSchema, optionsSchema } from './options.ts';
import type {
  CheckpointsOptions,
  Recovered,
  RecoverOnceOptions,
  RecoveryOptions,
} from './options.ts';
import { LeftAlone, orderDuty, recoverOnce } from './orders.ts';
import { Pace } from './pace.ts';
import { askOnce, questionDuty } from './questions.ts';
import { scanOnce } from './scan.ts';
import { gatewaysUp, statusOf } from './status.ts';
import type { LastFiring, RecoveryStatus } from './status.ts';

/** Recovery of one `PaymentOrders`: for good, once, or both. */
export class Recovery {
  readonly #translate: () => Translate | null;
  readonly #stopping = new AbortController();
  #pace: Pace | null = null;
  #orders: Follower | null = null;
  #notices: Follower | null = null;
  #health: GatewayHealth | null = null;
  readonly #leftAlone = new LeftAlone();
  readonly #indexFile: string | null;
  readonly #log: Pick<TransparencyLog, 'checkpoint'>;
  #keeper: CheckpointKeeper | null = null;
  #heartbeat: Promise<Heartbeat> | null = null;
  #startedAtMs: number | null = null;
  #fired = 0;
  #lastFiring: LastFiring | null = null;

  /**
   * @param translate - The translator in use, if any.
   * @param indexFile - Where the order index is kept; the heartbeat is beside it. Null: in memory.
   * @param log - Over all orders, of which it signs checkpoints.
   */
  constructor(
    translate: () => Translate | null,
    indexFile: string | null,
    log: Pick<TransparencyLog, 'checkpoint'>,
  ) {
    this.#translate = translate;
    this.#indexFile = indexFile;
    this.#log = log;
  }

  /**
   * Fires the due timers of all orders, settles notices, asks about open orders and signs checkpoints
   * until `stop`. Started once: later options are ignored.
   */
  async start(dependencies: OrderDependencies, options: RecoveryOptions): Promise<void> {
    const { checkpoints, ...parsed } = parseInput(optionsSchema, options);
    if (parsed.only !== 'notices') requireGateways(dependencies);
    if (checkpoints !== undefined) {
      const keeper = await this.#keeperOf(dependencies, this.#stopping.signal, checkpoints);
      this.#keeper ??= keeper;
    }
    if (parsed.only !== 'notices') await this.#startOrders(dependencies, parsed);
    if (parsed.only !== 'orders') await this.#startNotices(dependencies);
    // Last, because nobody waits for it.
    this.#keeper?.start();
  }

  async #startOrders(
    dependencies: OrderDependencies,
    { askAfterMs, ...hooks }: RecoveryOptions,
  ): Promise<void> {
    const { signal } = this.#stopping;
    const onFired = this.#counting(dependencies, hooks.onFired);
    const health = (this.#health ??= healthOf({ ...dependencies, ...hooks, signal }, true));
    const ofOrders = { ...dependencies, health, signal, onFired };
    const duties = [orderDuty(ofOrders, this.#leftAlone)];
    if (askAfterMs !== undefined) {
      requireAskable(dependencies.gateways.all, 'askAfterMs');
      const pace = this.#paceOf(dependencies);
      duties.push(questionDuty({ ...dependencies, askAfterMs, signal, pace }));
    }
    this.#begins(dependencies);
    this.#orders ??= new Follower({ ...dependencies, signal }, duties, () => this.#keeper?.saw());
    await this.#orders.start();
    this.#says();
  }

  async #startNotices(dependencies: OrderDependencies): Promise<void> {
    const { signal } = this.#stopping;
    const [translate, pace] = [this.#translate, this.#paceOf(dependencies)];
    const duty = noticeDuty({ ...dependencies, signal, translate, pace });
    this.#begins(dependencies);
    this.#notices ??= new Follower({ ...dependencies, signal }, [duty]);
    await this.#notices.start();
    this.#says();
  }

  #keeperOf(
    { runtime, onError }: OrderDependencies,
    signal: AbortSignal,
    options: CheckpointsOptions,
  ): Promise<CheckpointKeeper> {
    return keeperOf(this.#log, { runtime, onError, signal }, options);
  }

  /** Fires all timers that are due now, tries all notices that wait, and asks what is due, once. */
  async once(dependencies: OrderDependencies, options: RecoverOnceOptions): Promise<Recovered> {
    const { signal, only, askAfterMs, checkpoints, ...hooks } = parseInput(onceSchema, options);
    const isOfOrders = only !== 'notices';
    if (isOfOrders) requireGateways(dependencies);
    if (askAfterMs !== undefined) requireAskable(dependencies.gateways.all, 'askAfterMs');
    const stopping = this.#stopping.signal;
    const either = signal === undefined ? stopping : AbortSignal.any([signal, stopping]);
    const keeper =
      checkpoints === undefined ? null : await this.#keeperOf(dependencies, either, checkpoints);
    const onFired = this.#counting(dependencies, hooks.onFired);
    const health = healthOf({ ...dependencies, ...hooks, signal: either }, false);
    const all = {
      ...{ ...dependencies, signal: either, health, onFired, translate: this.#translate },
      pace: this.#paceOf(dependencies),
    };
    const kinds = askAfterMs === undefined ? [followedOrders] : [followedOrders, followedOpen];
    const lists = isOfOrders ? await scanOnce(all, kinds) : null;
    const waiting = (followed: Followed) => lists?.namesOf(followed) ?? new Set<string>();
    const recovered = isOfOrders
      ? await recoverOnce(all, waiting(followedOrders))
      : { waiting: 0, fired: 0 };
    const notices = only === 'orders' ? null : await settleOnce(all);
    // Last, because what a notice settles needs no question.
    const asked =
      askAfterMs === undefined ? 0 : await askOnce({ ...all, askAfterMs }, waiting(followedOpen));
    const checkpoint = keeper === null || either.aborted ? null : await keeper.once();
    return {
      ...recovered,
      ...(notices === null || notices.waiting === 0 ? {} : { notices }),
      ...(asked === 0 ? {} : { asked }),
      ...(checkpoint === null ? {} : { checkpoint }),
    };
  }

  /** What it knows and does at this moment. */
  status({ gateways }: Pick<OrderDependencies, 'gateways'>): RecoveryStatus {
    return statusOf({
      isStopped: this.#stopping.signal.aborted,
      startedAtMs: this.#startedAtMs,
      orders: this.#orders?.status(followedOrders) ?? null,
      notices: this.#notices?.status(followedNotices) ?? null,
      fired: this.#fired,
      lastFiring: this.#lastFiring,
      leftAlone: this.#leftAlone.counts,
      gateways: this.#health?.statuses() ?? gatewaysUp(gateways.all),
    });
  }

  /** From now on nothing new is begun. Resolves when what the workers began is recorded. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const heartbeat = await this.#heartbeat;
    const working = [this.#orders?.ended(), this.#notices?.ended(), this.#keeper?.ended()];
    await Promise.all([...working, heartbeat?.stops()]);
    await heartbeat?.end();
  }

  #begins(dependencies: OrderDependencies): void {
    this.#startedAtMs ??= dependencies.runtime.now();
    if (this.#indexFile === null || this.#stopping.signal.aborted) return;
    this.#heartbeat ??= this.#beating(dependencies, this.#indexFile);
  }

  /** Loaded only where there is a place for it. */
  async #beating(dependencies: OrderDependencies, indexFile: string): Promise<Heartbeat> {
    const { Heartbeat } = await import('./heartbeat.ts');
    const heartbeat = new Heartbeat(dependencies, indexFile, () => this.status(dependencies));
    heartbeat.start();
    return heartbeat;
  }

  /** It follows from now on: nobody should have to wait for the next beat. */
  #says(): void {
    if (!this.#stopping.signal.aborted) void this.#heartbeat?.then((heartbeat) => heartbeat.now());
  }

  #counting(
    { runtime }: OrderDependencies,
    onFired: RecoveryOptions['onFired'],
  ): NonNullable<RecoveryOptions['onFired']> {
    return (firing) => {
      const { orderNo, event, attempt, answer, gateway } = firing;
      this.#fired += 1;
      this.#lastFiring = {
        ...{ at: instantOf(runtime.now()), orderNo, event, attempt, answer, gateway },
      };
      onFired?.(firing);
    };
  }

  #paceOf({ runtime }: OrderDependencies): Pace {
    return (this.#pace ??= new Pace(runtime, this.#stopping.signal));
  }
}

type Hooks = Pick<RecoveryOptions, 'onGateway'> &
  Pick<OrderDependencies, 'runtime' | 'gateways' | 'onError'>;

/** A listener that throws must not end recovery. */
function healthOf(
  { runtime, signal, gateways, onGateway, onError }: Hooks & Pick<HealthDependencies, 'signal'>,
  makesTrials: boolean,
): GatewayHealth {
  const told: HealthDependencies['onGateway'] = (gateway) => {
    try {
      onGateway?.(gateway);
    } catch (error) {
      onError(error);
    }
  };
  const passesMax = Math.ceil(attemptsAtOnceMax / Math.max(1, gateways.all.length));
  const dependencies = { runtime, signal, makesTrials, passesMax, onGateway: told };
  return new GatewayHealth(dependencies, gateways.all);
}

import type { Translate } from '../inbox/types.ts';
import type { OrderDependencies } from '../order/transact.ts';
import type { TransparencyLog } from '../tlog/log.ts';
import type { Recovered, RecoverOnceOptions, RecoveryOptions } from './options.ts';
import type { Recovery } from './recovery.ts';
import { gatewaysUp, statusOf } from './status.ts';
import type { RecoveryStatus } from './status.ts';

/** The recovery of one `PaymentOrders`. What it works with is loaded by the first who asks for it. */
export class LazyRecovery {
  readonly #translate: () => Translate | null;
  readonly #indexFile: string | null;
  readonly #log: Pick<TransparencyLog, 'checkpoint'>;
  #loading: Promise<Recovery> | null = null;
  #loaded: Recovery | null = null;
  #isStopped = false;

  /** As `Recovery` takes them. */
  constructor(
    translate: () => Translate | null,
    indexFile: string | null,
    log: Pick<TransparencyLog, 'checkpoint'>,
  ) {
    this.#translate = translate;
    this.#indexFile = indexFile;
    this.#log = log;
  }

  async start(dependencies: OrderDependencies, options: RecoveryOptions): Promise<void> {
    return (await this.#load()).start(dependencies, options);
  }

  async once(dependencies: OrderDependencies, options: RecoverOnceOptions): Promise<Recovered> {
    return (await this.#load()).once(dependencies, options);
  }

  status(dependencies: Pick<OrderDependencies, 'gateways'>): RecoveryStatus {
    return (
      this.#loaded?.status(dependencies) ??
      statusOf({
        ...{ isStopped: this.#isStopped, startedAtMs: null, orders: null, notices: null },
        ...{ fired: 0, lastFiring: null, leftAlone: { others: 0, noGateway: 0 } },
        gateways: gatewaysUp(dependencies.gateways.all),
      })
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const recovery = this.#loaded ?? (await this.#loading);
    await recovery?.stop();
  }

  #load(): Promise<Recovery> {
    return (this.#loading ??= this.#make());
  }

  async #make(): Promise<Recovery> {
    const { Recovery } = await import('./recovery.ts');
    return (this.#loaded = new Recovery(this.#translate, this.#indexFile, this.#log));
  }
}

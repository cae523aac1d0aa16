import type { WhyLeftAlone } from '../order/gateways.ts';
import type { LeftToOthers } from './status.ts';

/** The orders that wait for another process, because no gateway of this one may call for them. */
export class LeftAlone {
  readonly #names: Readonly<Record<WhyLeftAlone, Set<string>>> = {
    'other-gateway': new Set(),
    'no-gateway': new Set(),
  };

  add(orderNo: string, why: WhyLeftAlone): void {
    this.#names[why].add(orderNo);
  }

  /** It may be ours by now, or nobody's. */
  forget(orderNo: string): void {
    for (const names of Object.values(this.#names)) names.delete(orderNo);
  }

  get counts(): LeftToOthers {
    return {
      others: this.#names['other-gateway'].size,
      noGateway: this.#names['no-gateway'].size,
    };
  }
}

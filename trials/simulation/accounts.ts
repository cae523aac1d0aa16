import type { OpenOptions } from '../../src/open-options.ts';
import type { CancelGateway } from '../../src/gateway/cancel-gateway.ts';
import type { Random } from './random.ts';

/** A gateway's name in the store, and its account at the platform. */
export type Account = { readonly name: string; readonly appId: string };

/** What the first event of an order is to record: an account, a name alone, or nothing. */
export type Belonging =
  | { readonly kind: 'account'; readonly account: Account }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'nobody' };

/** What a process without options of its own has. */
const only: Account = { name: 'default', appId: 'scripted' };

type Setup = {
  readonly accounts: readonly [Account, Account];
  /** Whether the first account adopts because it was told to. */
  readonly isFirstTold: boolean;
  /** Whether the second was told never to adopt; else it adopts where it is alone. */
  readonly isSecondForbidden: boolean;
};

/**
 * Which account each process has and each order belongs to. In some runs two merchants share the
 * store: with names of their own, or with one name, as where each opens with its only gateway.
 */
export class Accounts {
  readonly #random: (purpose: string) => Random;
  readonly #setup: Setup | null;
  readonly #belongings = new Map<string, Belonging>();

  constructor(random: (purpose: string) => Random, isSeveral: boolean) {
    this.#random = random;
    const draws = random('severalGateways');
    const [first, second] = draws.chance(0.5) ? ['a', 'b'] : [only.name, only.name];
    const accounts = [
      { name: first, appId: 'account-0' },
      { name: second, appId: 'account-1' },
    ] as const;
    const isFirstTold = draws.chance(0.6);
    const isSecondForbidden = isFirstTold && draws.chance(0.5);
    this.#setup = isSeveral ? { accounts, isFirstTold, isSecondForbidden } : null;
  }

  get areSeveral(): boolean {
    return this.#setup !== null;
  }

  /** Whether an order that names nobody is adopted for sure. */
  get isAnybodyTold(): boolean {
    return this.#setup?.isFirstTold === true;
  }

  /** Each third process has both, where their names differ. */
  of(process: number): readonly Account[] {
    if (this.#setup === null) return [only];
    const { accounts } = this.#setup;
    const [first, second] = accounts;
    if (process % 3 === 2) return first.name === second.name ? [first] : accounts;
    return [process % 3 === 0 ? first : second];
  }

  /** As a process opens, with a port for each of its accounts. */
  options(
    process: number,
    portOf: (account: Account) => CancelGateway,
  ): Pick<OpenOptions, 'gateway' | 'gateways' | 'adopt'> {
    const accounts = this.of(process);
    const [account = only, ...others] = accounts;
    if (account === only) return { gateway: portOf(only) };
    const adopt = this.#adopt(account, others.length > 0);
    const isOneName = account.name === only.name;
    if (isOneName) return { gateway: portOf(account), adopt };
    const ports = accounts.map((each) => [each.name, portOf(each)] as const);
    return { gateways: Object.fromEntries(ports), adopt };
  }

  #adopt(account: Account, isOneOfSeveral: boolean): OpenOptions['adopt'] {
    if (account.appId === 'account-1') {
      return this.#setup?.isSecondForbidden === true ? false : undefined;
    }
    if (this.#setup?.isFirstTold !== true) return undefined;
    return isOneOfSeveral ? account.name : true;
  }

  /** Whether an account was told to adopt, whatever else the store holds. */
  isTold({ appId }: Account): boolean {
    return this.#setup?.isFirstTold === true && appId === 'account-0';
  }

  /** Drawn from a stream of the order's own; an order of an older version names nobody. */
  belonging(orderNo: string): Belonging {
    if (!/^O\d+$/.test(orderNo)) return { kind: 'nobody' };
    let belonging = this.#belongings.get(orderNo);
    if (belonging === undefined) {
      belonging = this.#draw(this.#random(`account of ${orderNo}`));
      this.#belongings.set(orderNo, belonging);
    }
    return belonging;
  }

  #draw(draws: Random): Belonging {
    if (this.#setup === null) return { kind: 'account', account: only };
    const account = draws.pick(this.#setup.accounts);
    const drawn = draws.next();
    if (drawn < 0.6) return { kind: 'account', account };
    return drawn < 0.75 ? { kind: 'name', name: account.name } : { kind: 'nobody' };
  }

  /** The name that a caller gives with a new order. */
  nameGiven(orderNo: string): { readonly gateway?: string } {
    const belonging = this.belonging(orderNo);
    if (!this.areSeveral || belonging.kind === 'nobody') return {};
    return { gateway: belonging.kind === 'name' ? belonging.name : belonging.account.name };
  }

  /** Whether the process with these accounts is expected to call for an order. */
  mayServe(process: number, orderNo: string): boolean {
    const belonging = this.belonging(orderNo);
    const accounts = this.of(process);
    switch (belonging.kind) {
      case 'account':
        return accounts.includes(belonging.account);
      case 'name':
        return accounts.some(({ name }) => name === belonging.name);
      case 'nobody':
        return this.#setup?.isFirstTold !== true || accounts.some((each) => this.isTold(each));
    }
  }

  /** Whether the process must call for an order, whatever else the store holds. */
  mustServe(process: number, orderNo: string): boolean {
    const belonging = this.belonging(orderNo);
    const told = this.of(process).find((account) => this.isTold(account));
    switch (belonging.kind) {
      case 'account':
        return this.of(process).includes(belonging.account);
      case 'name':
        return told?.name === belonging.name;
      case 'nobody':
        return told !== undefined;
    }
  }
}

export function isAccount(one: Account | null, other: Account): boolean {
  return one?.name === other.name && one.appId === other.appId;
}

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { EventStore } from '../../../src/event-store/event-store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { GatewaySettings, OpenOptions } from '../../../src/open-options.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { newAuthority, selfSigned } from '../../../test/gateway/certificates.ts';
import type { Behaviour } from './behaviours.ts';
import { confirms, named } from './behaviours.ts';
import { checkOrder, reason } from './checks.ts';
import { startPlatform } from './platform.ts';
import type { Findings } from './table.ts';
import { expectState, openOrder, patient, see, stateAfter } from './table.ts';

const limits = { connectMs: 3_000, attemptMs: 4_000 };
const authority = newAuthority();

/** A place of its own for every row that a request cannot be answered by. */
type Place = {
  readonly rule: string;
  readonly kind: keyof typeof stateAfter;
  readonly tls?: TlsOptions;
  /** Changes the gateway's settings, such as to a port that is not listening. */
  readonly change?: (gateway: GatewaySettings) => GatewaySettings;
};

const places: Readonly<Record<string, Place>> = {
  'port closed': {
    rule: 'connection-refused',
    kind: 'not-executed',
    change: (gateway) => ({ ...gateway, url: 'http://127.0.0.1:1' }),
  },
  'host name unknown': {
    rule: 'dns-failed',
    kind: 'not-executed',
    change: (gateway) => ({ ...gateway, url: 'https://gateway.invalid' }),
  },
  'TLS expired': {
    rule: 'tls-certificate-invalid',
    kind: 'blocked',
    tls: authority.issue({ dns: 'localhost', expired: true }),
  },
  'TLS self-signed': {
    rule: 'tls-certificate-invalid',
    kind: 'blocked',
    tls: selfSigned({ dns: 'localhost' }),
  },
  'TLS of an authority not trusted': {
    rule: 'tls-certificate-invalid',
    kind: 'blocked',
    tls: newAuthority().issue({ dns: 'localhost' }),
  },
  'TLS wrong host': {
    rule: 'tls-host-name-mismatch',
    kind: 'blocked',
    tls: authority.issue({ dns: 'other.example' }),
  },
  'TLS too old': {
    rule: 'tls-handshake-failed',
    kind: 'not-executed',
    tls: {
      ...authority.issue({ dns: 'localhost' }),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
  },
};

/** Where no request can be sent; TLS that is right; and what only time or reuse brings about. */
export async function tryConnections(
  store: EventStore,
  name: string,
  findings: Findings,
): Promise<number> {
  const rows = Object.entries(places);
  await Promise.all([
    ...rows.map(async ([row, { tls, change, rule, kind }], index) => {
      const options = tls === undefined ? {} : { tls, ca: authority.cert };
      const platform = await startPlatform(limits, options);
      const orderNo = `${name}c${index}`;
      const gateway = change?.(platform.gateway) ?? platform.gateway;
      await using orders = await opened({ store, gateway });
      await openOrder(orders, orderNo);
      await orders.cancel(orderNo, { reason });
      await expectState(orders, platform, orderNo, [stateAfter[kind], 0], findings);
      await expectRule(orders, orderNo, rule, findings);
      see(findings, row);
      platform.server.close();
    }),
    rightTls(store, `${name}t`, findings),
    silentHandshake(store, `${name}s`, findings),
    noConnectionFree(store, `${name}f`, findings),
    lostOnReuse(store, `${name}r`, findings),
    abandoned(store, `${name}a`, findings),
  ]);
  return rows.length + 5;
}

function opened(options: OpenOptions): Promise<PaymentOrders> {
  return openPaymentOrders({ attemptDeadlineMs: 10_000, retryPolicy: patient, ...options });
}

async function expectRule(
  orders: PaymentOrders,
  orderNo: string,
  rule: string,
  findings: Findings,
): Promise<void> {
  const last = (await orders.history(orderNo)).at(-1);
  if (last?.data['rule'] === rule) return;
  findings.faults.push(`I8 ${orderNo} ends with ${String(last?.data['rule'])}, not ${rule}`);
}

async function rightTls(store: EventStore, orderNo: string, findings: Findings): Promise<void> {
  const tls = authority.issue({ dns: 'localhost' });
  const platform = await startPlatform(limits, { tls, ca: authority.cert });
  await using orders = await opened({ store, gateway: platform.gateway });
  await openOrder(orders, orderNo);
  await orders.cancel(orderNo, { reason });
  await expectState(orders, platform, orderNo, ['cancelled', 1], findings);
  see(findings, 'TLS right');
  platform.server.close();
}

/** Accepts, and never begins TLS. */
async function silentHandshake(
  store: EventStore,
  orderNo: string,
  findings: Findings,
): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const platform = await startPlatform(limits);
  const gateway = { ...platform.gateway, url: `https://127.0.0.1:${port}` };
  await using orders = await opened({ store, gateway });
  await openOrder(orders, orderNo);
  await orders.cancel(orderNo, { reason });
  await expectState(orders, platform, orderNo, ['cancelling.backingOff', 0], findings);
  await expectRule(orders, orderNo, 'connect-timeout', findings);
  see(findings, 'connect timeout');
  server.close();
  platform.server.close();
}

async function noConnectionFree(
  store: EventStore,
  orderNo: string,
  findings: Findings,
): Promise<void> {
  const platform = await startPlatform({ ...limits, connectionsMax: 1 });
  await using orders = await opened({ store, gateway: platform.gateway });
  platform.plan(`${orderNo}1`, [named('never answers')]);
  await openOrder(orders, `${orderNo}1`);
  await openOrder(orders, `${orderNo}2`);
  const first = orders.cancel(`${orderNo}1`, { reason });
  await orders.cancel(`${orderNo}2`, { reason });
  await first;
  await expectState(orders, platform, `${orderNo}1`, ['cancelling.inDoubt', 1], findings);
  await expectState(orders, platform, `${orderNo}2`, ['cancelling.backingOff', 0], findings);
  await expectRule(orders, `${orderNo}2`, 'no-connection-free', findings);
  if (platform.server.open().most > 1) findings.faults.push('I15 more connections than allowed');
  see(findings, 'no connection free');
  platform.server.close();
}

async function lostOnReuse(store: EventStore, orderNo: string, findings: Findings): Promise<void> {
  const rst = { ...named('RST after the request'), rule: 'connection-lost-on-reuse' };
  const platform = await startPlatform({ ...limits, idleMs: 30_000 });
  await using orders = await opened({ store, gateway: platform.gateway });
  platform.plan(`${orderNo}2`, [rst, confirms]);
  await openOrder(orders, `${orderNo}1`);
  await orders.cancel(`${orderNo}1`, { reason });
  await openOrder(orders, `${orderNo}2`);
  await orders.cancel(`${orderNo}2`, { reason });
  await expectState(orders, platform, `${orderNo}2`, ['cancelling.inDoubt', 1], findings);
  await expectRule(orders, `${orderNo}2`, 'connection-lost-on-reuse', findings);
  see(findings, 'reset on a connection used before');
  platform.server.close();
}

/**
 * A process that made the call and was not heard of again: another one records the doubt; the
 * answer that comes to the first one after all is recorded too, and settles the order.
 */
async function abandoned(store: EventStore, orderNo: string, findings: Findings): Promise<void> {
  const hourMs = 3_600_000;
  const late = { ...confirms, respond: answerAfter(800) };
  const platform = await startPlatform({ connectMs: 3_000, attemptMs: 5_000 });
  platform.plan(orderNo, [late]);
  const host = { ...systemRuntime(), now: () => Date.now() - hourMs };
  const { gateway } = platform;
  await using dying = await opened({ store, gateway, runtime: host });
  await using other = await opened({ store, gateway });
  await openOrder(dying, orderNo);
  const answered = dying.cancel(orderNo, { reason });
  while (platform.asked(orderNo).length === 0) await sleep(10);
  await other.recoverOnce();
  const order = await other.get(orderNo);
  const rules = (await other.history(orderNo)).map(({ data }) => data['rule']);
  if (order?.stateDetail !== 'cancelling.inDoubt' || rules.at(-1) !== 'attempt-abandoned') {
    findings.faults.push(`I6 ${orderNo} was abandoned and is ${order?.stateDetail ?? 'absent'}`);
  }
  await answered;
  const { faults } = await checkOrder(other, platform, orderNo);
  findings.faults.push(...faults);
  if ((await other.get(orderNo))?.state !== 'cancelled') {
    findings.faults.push(`I8 ${orderNo}: the late confirmation of an abandoned attempt was lost`);
  }
  see(findings, 'process died, then its answer came');
  platform.server.close();
}

function answerAfter(delayMs: number): Behaviour['respond'] {
  return (socket) => {
    setTimeout(() => {
      confirms.respond(socket);
    }, delayMs);
  };
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

import { createPrivateKey, sign } from 'node:crypto';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { inChild } from '../../../test/cli/child.ts';
import { desk, oneDocument, withSandbox } from '../../../test/cli/support.ts';
import type { Desk, Ended } from '../../../test/cli/support.ts';
import type { Kit } from './forcing.ts';
import type { Watch } from './watch.ts';
import { cardNumber, grouped } from './watch.ts';

export const exitCodesSeen = [0, 1, 2, 3, 4, 5, 6, 7].map((code) => `exit code ${code}`);

type Run = {
  readonly args: readonly string[];
  readonly exit: number;
  /** Canaries that are shown by intent: a reason is shown as it was given. */
  readonly except?: readonly string[];
};

const inReason = 'card number in a reason of the command line';
const reason = `${grouped(cardNumber(4), ' ')}, or ${cardNumber(4)}`;

/**
 * Every exit code, with and without `--json`, of commands that are given secrets wherever one
 * could be put by mistake; and the talk of the sandbox while it is called.
 */
export async function tryCommandLine(
  kit: Kit,
  watch: Watch,
  seen: Map<string, number>,
): Promise<readonly string[]> {
  const here = desk(inChild);
  const faults: string[] = [];
  watch.plant(inReason, cardNumber(4));
  try {
    const sandbox = await withSandbox(here);
    const keyFile = here.env['PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE'] ?? '';
    const key = readFileSync(keyFile, 'utf8');
    watch.plantLong('private key of the sandbox', oneLineOf(key));
    watch.plantLong('private key of the sandbox', Buffer.from(oneLineOf(key), 'base64'));
    const tryRun = async (run: Run) => {
      for (const manner of [[], ['--json']]) {
        const ended = await here.run(...run.args, ...manner);
        const { code, stdout, stderr } = ended;
        const where = `payment-order ${run.args[0] ?? ''} ${manner.join('')}`;
        watch.look(`${where}, stdout`, stdout, run.except);
        watch.look(`${where}, stderr`, stderr, run.exit === 0 ? run.except : []);
        seen.set(`exit code ${String(code)}`, (seen.get(`exit code ${String(code)}`) ?? 0) + 1);
        const isRepeat = manner.length > 0 && code === 0;
        if (code !== run.exit && !isRepeat) faults.push(wrongExit(run, ended));
      }
    };
    for (const run of usualRuns()) await tryRun(run);
    // They change nothing, so two at a time.
    const failing = failingRuns(here, kit).values();
    const work = async () => {
      for (const run of failing) await tryRun(run);
    };
    await Promise.all([work(), work()]);
    await sandbox.close();
    await trySandboxTalk(here, key, watch);
    return faults;
  } finally {
    await here.remove();
  }
}

function usualRuns(): readonly Run[] {
  const except = [inReason];
  return [
    { args: ['create', 'O1', '--process-bill-no', 'F1'], exit: 0 },
    { args: ['create', 'O2', '--process-bill-no', 'F2'], exit: 0 },
    { args: ['create', 'O3', '--process-bill-no', 'F3'], exit: 0 },
    { args: ['cancel', 'O1', '--reason', reason, '--actor', 'customer:u-7'], exit: 0, except },
    { args: ['paid', 'O2', '--transaction-no', 'T1'], exit: 0 },
    { args: ['cancel', 'O2', '--reason', reason, '--actor', 'customer:u-7'], exit: 7, except },
    ...['show', 'log'].map((command) => ({ args: [command, 'O1'], exit: 0, except })),
    { args: ['log', 'O2', '--ndjson'], exit: 0, except },
    { args: ['list'], exit: 0, except },
    { args: ['verify', '--all'], exit: 0 },
    { args: ['work', '--once'], exit: 0 },
    { args: ['doctor'], exit: 0 },
  ];
}

function failingRuns(here: Desk, { secrets }: Kit): readonly Run[] {
  const { pem, oneLine, password, appSecret, badKeys, card } = secrets;
  const secretStore = `esdb://admin:${password}@127.0.0.1:1`;
  const file = (name: string, content: string, mode = 0o600) => {
    writeFileSync(here.path(name), content);
    chmodSync(here.path(name), mode);
    return here.path(name);
  };
  const keyFiles = badKeys.slice(0, 3).map((bad, index) => file(`bad-${index}.pem`, bad));
  // Names and codes take any text without control characters.
  const unfit = `${card}\n`;
  const cancel = ['cancel', 'O3', '--reason', reason];
  const usage = [
    ...keyFiles.map((path) => [...cancel, '--private-key-file', path]),
    [...cancel, '--private-key-file', file('open.pem', pem, 0o644)],
    [...cancel, '--private-key-file', pem],
    [...cancel, '--private-key-file', oneLine],
    [...cancel, `--private-key-file=${oneLine}`],
    [...cancel, '--gateway-url', `https://u:${password}@gateway.example`],
    [...cancel, '--gateway-url', `https://gateway.example/?key=${password}`],
    [...cancel, '--app-id', appSecret],
    ['list', '--store', `postgres://u:${password}@h/db`],
    ['list', '--store', `esdb://u:${password}@h?nonsense=1`],
    ['create', card, '--process-bill-no', 'F1'],
    ['create', 'O4', '--process-bill-no', card],
    ['paid', 'O3', '--transaction-no', unfit],
    ['paid', 'O3', '--transaction-no', 'T1', '--fact-id', unfit],
    ['paid', 'O3', '--transaction-no', 'T1', '--amount', card, '--currency', 'CNY'],
    ['failed', 'O3', '--code', unfit],
    ['failed', 'O3', '--occurred-at', card],
    ['failed', 'O3', '--occurred-at', card, '--time-zone', 'UTC'],
    ['failed', 'O3', '--occurred-at', '20210222151600', '--time-zone', card],
    ['refunded', 'O3', '--refund-no', 'R1', '--amount', `${card}.00`, '--currency', 'CNY'],
    ['start', 'O3', '--actor', unfit],
    ['start', 'O3', '--command-id', unfit],
    ['verify', 'O3', '--witness', card],
    ['acknowledge', 'O3', card],
    ['cancel', 'O3', '--reason', reason.padEnd(600, reason)],
  ];
  return [
    ...usage.map((args) => ({ args, exit: 2 })),
    { args: ['doctor', '--private-key-file', keyFiles[0] ?? ''], exit: 1 },
    { args: ['doctor', '--store', secretStore], exit: 1 },
    { args: ['show', 'O1', '--store', damaged(here, 'damaged.db', dataCut)], exit: 3 },
    { args: ['show', 'O1', '--store', damaged(here, 'diverged.db', elsewhere)], exit: 4 },
    { args: ['show', 'O9'], exit: 5 },
    { args: ['cancel', 'O9', '--reason', reason], exit: 5 },
    { args: ['list', '--store', secretStore], exit: 6 },
    { args: ['list', '--store', `sqlite:${keyFiles[0] ?? ''}`], exit: 6 },
  ];
}

const dataCut = `UPDATE events SET data = '{"cut":"${cardNumber(1)}' WHERE stream LIKE '%O1'`;
const elsewhere = "UPDATE events SET metadata = json_set(metadata, '$.to', 'paid')";

/** A copy of the store that the usual runs made, changed. */
function damaged(here: Desk, name: string, sql: string): string {
  copyFileSync(here.path('payment-orders.db'), here.path(name));
  const database = new DatabaseSync(here.path(name));
  database.exec(sql);
  database.close();
  return `sqlite:${here.path(name)}`;
}

async function trySandboxTalk(here: Desk, key: string, watch: Watch): Promise<void> {
  const sandbox = here.start('sandbox', '--port', '0', '--keys', here.path('keys'), '--json');
  const { url } = oneDocument(await sandbox.said('}'));
  here.env['PAYMENT_ORDER_GATEWAY_URL'] = String(url);
  await here.run('create', 'O5', '--process-bill-no', 'F5');
  await here.run('cancel', 'O5', '--reason', 'x');
  const { events } = (await here.json('log', 'O5')).body;
  for (const { nonce, timestamp } of evidenceIn(events)) {
    const signed =
      `apiCode=payment.order.cancel&appId=${appIdOf(here)}&etc_order_no=O5` +
      `&etc_process_bill_no=F5&nonce=${nonce}&reason=x&timestamp=${timestamp}`;
    watch.plant('signing string', signed);
    const signature = sign('sha1', Buffer.from(signed), createPrivateKey(key));
    watch.plantLong('signature', signature);
    watch.plantLong('signature', signature.toString('base64'));
  }
  sandbox.stop('SIGINT');
  const { stdout, stderr } = await sandbox.ended;
  watch.look('the talk of the sandbox', stdout + stderr);
  watch.look('a log', JSON.stringify(events));
}

function evidenceIn(events: unknown): readonly { nonce: string; timestamp: string }[] {
  return (Array.isArray(events) ? events : []).flatMap((event: unknown) => {
    const data = isRecord(event) && isRecord(event['data']) ? event['data'] : {};
    const { nonce, timestamp } = data;
    return typeof nonce === 'string' ? [{ nonce, timestamp: String(timestamp) }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const appIdOf = ({ env }: Desk) => env['PAYMENT_ORDER_GATEWAY_APP_ID'] ?? '';
const oneLineOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

function wrongExit({ args, exit }: Run, { code, stderr }: Ended): string {
  const said = stderr.slice(0, 160);
  return `payment-order ${args[0] ?? ''} ended with ${String(code)}, not ${exit}: ${said}`;
}

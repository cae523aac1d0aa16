/**
 * The least program that does what a whole cancel must: four durable commits, one signature, one
 * call. No machine, no checks, no history, no evidence: what is left is disk, RSA and HTTP.
 */

import { randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Agent, request } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

/** As many bytes as an event of ours has, its metadata included. */
const row = 'x'.repeat(1_000);
const apiCode = 'payment.order.cancel';
const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(sign);

type BareOptions = {
  readonly appId: string;
  readonly privateKey: KeyObject;
};

export type BareCancels = { cancelOne(orderNo: string): Promise<void>; close(): void };

export function bareCancels(
  path: string,
  url: string,
  { appId, privateKey }: BareOptions,
): BareCancels {
  const commits = groupCommits(path);
  // As ours by default: a connection serves one call, and there are 64 at most.
  const agent = new Agent({ keepAlive: false, maxSockets: 64 });
  const post = async (body: string): Promise<string> => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const call = request(`${url}/api/gateway`, { agent, method: 'POST', headers });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    call.on('error', reject).on('response', (response) => {
      text(response).then(resolve, reject);
    });
    call.end(body);
    return promise;
  };
  return {
    cancelOne: async (orderNo) => {
      await commits.commit();
      await commits.commit();
      await commits.commit();
      const timestamp = Date.now() - 1_000;
      const nonce = randomBytes(8).toString('hex');
      const signed = `apiCode=${apiCode}&appId=${appId}&etc_order_no=${orderNo}&etc_process_bill_no=F1&nonce=${nonce}&timestamp=${timestamp}`;
      const signature = await signInThreadPool('sha1', Buffer.from(signed), privateKey);
      const params = { etc_process_bill_no: 'F1', etc_order_no: orderNo };
      const envelope = {
        appId,
        nonce,
        timestamp,
        apiCode,
        sign: signature.toString('base64'),
        params,
      };
      const answer = await post(JSON.stringify(envelope));
      // It is parsed, as anybody must who wants to know the answer.
      const { data } = JSON.parse(answer) as { data?: { cancel_result?: boolean } };
      if (data?.cancel_result !== true) throw new Error(`${orderNo} was not cancelled: ${answer}`);
      await commits.commit();
    },
    close: () => {
      agent.destroy();
      commits.close();
    },
  };
}

/** Commits of one row, those of one turn of the event loop in one transaction. */
export function groupCommits(path: string, text = row) {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE bare (n INTEGER PRIMARY KEY, text TEXT) STRICT');
  const [begin, insert, end] = [
    'BEGIN IMMEDIATE',
    'INSERT INTO bare (text) VALUES (?)',
    'COMMIT',
  ].map((sql) => database.prepare(sql));
  let queue: (() => void)[] = [];
  const flush = () => {
    const group = queue;
    queue = [];
    begin?.run();
    for (let count = 0; count < group.length; count += 1) insert?.run(text);
    end?.run();
    for (const committed of group) committed();
  };
  return {
    commit: () =>
      new Promise<void>((resolve) => {
        if (queue.push(resolve) === 1) setImmediate(flush);
      }),
    close: () => {
      database.close();
    },
  };
}

/**
 * Verifies an evidence package of payment-order-machine without that program. It was written from the
 * description alone: 'The format' in docs/evidence.md.
 *
 * A copy inside a package is a convenience: a forger of the package could have forged it too. Take one
 * from the npm package (dist/verifier) and compare its SHA-256 with the one in docs/evidence.md.
 * 证据包中附带的这一份仅为方便：能伪造证据包的人，也能伪造它。请另从 npm 包取得，并核对 SHA-256。
 *
 *   node verify.mjs DIRECTORY [--witness REVISION:HASH] [--seal SHA256]
 * Exit code 0: proven, perhaps but for withheld fields. 3: not proven. 2: wrong usage.
 */

import { chainFaults, hasOnly, isFields, sha256 } from '../../report/page/chain.js';

/** @import { ChainedEvent, Fields } from '../../report/page/chain-types.ts' */
/** @import { Compare, Digests, EventsIn, ExactJson, Fault, History, Read, Verify } from './types.ts' */

const [manifestName, sumsName, eventsName] = ['manifest.json', 'SHA256SUMS', 'events.ndjson'];
const lineNames = ['stream', 'revision', 'id', 'type', 'data', 'metadata', 'withheld'];

/** @type {Verify} */
export async function verify(given, { at, hash, seal }) {
  const files = new Map(given.map((file) => [file.name, file]));
  /** @type {Digests} */
  const digests = new Map();
  /** @type {string[]} */
  const faults = [];
  /** @type {Fault} */
  const fault = (problem) => void faults.push(problem);
  let bytesLeft = 512 * 1024 * 1024;
  /** @type {Read} */
  async function read(name) {
    const file = files.get(name);
    // The size of a link, a directory or a pipe is NaN, which is not less than anything.
    const isFit = file !== undefined && file.size <= bytesLeft;
    const bytes = isFit ? await file.read().catch(() => null) : null;
    if (bytes === null) fault(`${name} is missing, too large, no plain file, or cannot be read`);
    else digests.set(name, { bytes: bytes.length, sha256: await sha256(bytes) });
    bytesLeft -= bytes?.length ?? 0;
    return bytes ?? new Uint8Array();
  }
  const manifest = exactJson(await read(manifestName), 2, '\n');
  await read(sumsName);
  /** @type {History} */
  const history = { last: null, withheld: 0, hashes: new Map(), noticeIds: new Set() };
  const events = eventsIn(await read(eventsName), history, fault);
  for await (const { code, revision } of chainFaults(events)) fault(`revision ${revision} ${code}`);
  compareScope(manifest, history, fault);
  if (seal !== '' && digests.get(manifestName)?.sha256 !== seal) fault('the seal differs');
  if (hash !== '' && history.hashes.get(at) !== hash) fault('the event of the witness is not here');

  const listed = Array.isArray(manifest['files']) ? manifest['files'].filter(isFields) : [];
  const names = new Set(listed.map(({ name }) => textOf(name)));
  for (const name of names) if (files.has(name) && !digests.has(name)) await read(name);
  for (const { name, bytes, sha256: digest } of listed) {
    const [found, notice] = [digests.get(textOf(name)), noticeIn(textOf(name))];
    const isSame = found?.bytes === bytes && found?.sha256 === digest;
    if (!isSame) fault(`${textOf(name)} is missing, or not what the manifest lists`);
    const isNamed = notice === digest && history.noticeIds.has(notice);
    if (notice !== undefined && !isNamed) fault(`${textOf(name)} is named by no event`);
  }
  const others = [...files.keys()].filter((name) => name !== manifestName && name !== sumsName);
  for (const name of others) if (!names.has(name) && !isLater(name)) fault(`${name} is not listed`);
  const inOrder = [...digests.keys()].filter((name) => name !== sumsName).sort();
  const sums = inOrder.map((name) => `${digests.get(name)?.sha256 ?? ''}  ${name}\n`).join('');
  if (digests.get(sumsName)?.sha256 !== (await sha256(sums))) fault(`${sumsName} differs`);
  const unchecked = others.filter((name) => name !== eventsName && noticeIn(name) === undefined);
  const { revision = -1, metadata = {} } = history.last ?? {};
  const head = `${revision}:${textOf(metadata['hash'])}`;
  return { faults, withheld: history.withheld, head, unchecked };
}

const textOf = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : 'not a text');
/** @type {(name: string) => string | undefined} */
const noticeIn = (name) => /^notice-([0-9a-f]{64})\.txt$/.exec(name)?.[1];
// Time stamps and proofs from a log come later, and are for other programs to check.
/** @type {(name: string) => boolean} */
const isLater = (name) => /^([\w-]{1,64}\.tsr|revision-(0|[1-9]\d{0,8})\.tlog-proof)$/.test(name);

/** What is not exactly in this form counts as empty: in another, a name could stand twice. @type {ExactJson} */
function exactJson(bytes, spaces = 0, end = '') {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    /** @type {unknown} */
    const value = JSON.parse(text);
    return isFields(value) && JSON.stringify(value, null, spaces) + end === text ? value : {};
  } catch {
    return {};
  }
}

/** @type {EventsIn} */
function* eventsIn(bytes, history, fault) {
  for (let [line, from] = [1, 0]; from < bytes.length && line <= 10_001; line += 1) {
    const found = bytes.indexOf(0x0a, from);
    const end = found === -1 ? bytes.length : found;
    const isFit = found !== -1 && line <= 10_000 && end - from <= 1024 * 1024;
    const event = isFit ? exactJson(bytes.subarray(from, end)) : {};
    from = end + 1;
    if (isEvent(event)) {
      const parts = Object.values(event.withheld ?? {});
      history.withheld += parts.flatMap((part) => Object.keys(isFields(part) ? part : [0])).length;
      history.hashes.set(event.revision, event.metadata['hash']);
      history.noticeIds.add(event.metadata['noticeId']);
      history.last = event;
      yield event;
    } else fault(`line ${line} of ${eventsName} is not as described`);
  }
}

/** @type {(event: Fields) => event is ChainedEvent} */
function isEvent(event) {
  const { stream, revision, id, type, data, metadata } = event;
  const areTexts = [stream, id, type].every((value) => typeof value === 'string');
  const areOthers = Number.isInteger(revision) && isFields(data) && isFields(metadata);
  return areTexts && areOthers && hasOnly(event, lineNames);
}

/** @type {Compare} */
function compareScope({ format, formatVersion, scope, head }, { last, hashes }, fault) {
  const isKnown = format === 'payment-order-evidence' && [1, 2].some((it) => it === formatVersion);
  const { stream, orderNo, fromRevision, toRevision, events } = isFields(scope) ? scope : {};
  const { revision, hash } = isFields(head) ? head : {};
  const claims = [isKnown, stream, orderNo, fromRevision, toRevision, events, revision, hash];
  // NaN equals nothing, so a manifest of no events is at fault too.
  const [of, end, endHash] = [last?.stream, last?.revision ?? NaN, last?.metadata['hash']];
  const facts = [true, of, of?.replace(/^paymentOrder-/, ''), 0, end, hashes.size, end, endHash];
  const isSame = claims.every((claim, at) => claim === facts[at]);
  if (!isSame) fault(`${manifestName} is not as described, or describes other events`);
}

/**
 * A place in a transparency log and the signatures on it, checked as C2SP describes them (tlog-proof,
 * signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy), over the tree of RFC 6962. The report's
 * page and the verifier of logs share this; it shares nothing with the module, whose verdicts tests
 * compare with it.
 */

/** @import { Bytes, KeyIn, LogKey, LogProof, RootOver, Rule, Signer, StandingOf, TimesOf, Trust } from './log-types.ts' */

const proofForm =
  /^c2sp\.org\/tlog-proof@v1\n(?:extra (\S+)\n)?index (\d+)\n((?:\S{44}\n){0,63})\n(([^\n]+)\n(\d+)\n(\S{44})\n(?:[^\n]+\n)*)\n((?:\u2014 [^\p{White_Space}+]+ \S+\n){1,64})$/u;
const keyForm = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(\S{44})$/u;

/** @param {unknown} isFit @returns {asserts isFit} */
function must(isFit) {
  if (!isFit) throw new SyntaxError('not as described 不符合格式');
}

/** Standard base64, of which each value has one text. @type {(base64: string, least: number, most?: number) => Bytes} */
function bytesIn(base64, least, most = least) {
  const binary = atob(base64);
  must(btoa(binary) === base64 && binary.length >= least && binary.length <= most);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Decimal without leading zeros. @type {(decimal: string) => number} */
function countIn(decimal) {
  const count = Number(decimal);
  must(Number.isSafeInteger(count) && String(count) === decimal);
  return count;
}

/** @type {(text: string) => Bytes} */
const utf8 = (text) => new TextEncoder().encode(text);
/** @type {(bytes: Bytes) => string} */
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @type {(...parts: readonly Bytes[]) => Promise<Bytes>} */
async function hashOf(...parts) {
  const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

/** Throws for what is not exactly a tlog-proof. @type {(text: string) => LogProof} */
export function proofIn(text) {
  must(/^[\n -\u{10ffff}]{1,65536}$/u.test(text));
  const [, extra, at = '', hashes = '', ...checkpoint] = proofForm.exec(text) ?? [];
  const [body = '', origin = '', leaves = '', top = '', lines = ''] = checkpoint;
  const [index, size, root] = [countIn(at), countIn(leaves), bytesIn(top, 32)];
  must(index < size && (extra === undefined || bytesIn(extra, 1, Infinity)));
  const path = Array.from(hashes.matchAll(/\S+/g), ([hash]) => bytesIn(hash, 32));
  const signatures = Array.from(lines.matchAll(/ (.+) (.+)\n/g), ([, name = '', base64 = '']) => {
    return { name, bytes: bytesIn(base64, 5, Infinity) };
  });
  return { index, path, origin, size, root, body, signatures };
}

/** Whether the tree has this hash, in hex, at the index. @type {(hash: string, proof: LogProof) => Promise<boolean>} */
export async function isInLog(hash, { index, size, root, path }) {
  const leaf = Uint8Array.from(hash.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const found = await rootOver(await hashOf(Uint8Array.of(0), leaf), index, size, path);
  return hexOf(found) === hexOf(root);
}

/** A tree splits at the largest power of two below its size. @type {RootOver} */
async function rootOver(leaf, index, size, path) {
  const sibling = path.at(-1);
  must(size > 1 === (sibling !== undefined));
  if (sibling === undefined) return leaf;
  let split = 1;
  while (split * 2 < size) split *= 2;
  const rest = path.slice(0, -1);
  return index < split
    ? hashOf(Uint8Array.of(1), await rootOver(leaf, index, split, rest), sibling)
    : hashOf(Uint8Array.of(1), sibling, await rootOver(leaf, index - split, size - split, rest));
}

/** @type {KeyIn} */
async function keyIn(vkey, witness) {
  const [, name = '', id = '', base64 = ''] = keyForm.exec(vkey) ?? [];
  const bytes = bytesIn(base64, 33);
  const digest = await hashOf(utf8(`${name}\n`), bytes);
  must(hexOf(digest.slice(0, 4)) === id && bytes[0] === (witness === null ? 1 : 4));
  return { vkey, name, id, witness, bytes };
}

/** Throws for what is not exactly a tlog-policy. @type {(text: string) => Promise<Trust>} */
export async function trustIn(text) {
  must(/^[\n\t -~\x80-\u{10ffff}]{1,65536}$/u.test(text));
  /** @type {LogKey[]} */
  const keys = [];
  /** @type {Map<string, Rule>} */
  const rules = new Map([['none', () => true]]);
  const members = new Set(['none']);
  /** @type {Rule | undefined} */
  let isMet;
  for (const line of text.split('\n')) {
    const [kind = '#', ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (kind.startsWith('#')) continue;
    const [name = '', second = '', ...others] = words;
    if (kind === 'log' || kind === 'witness') {
      const key = await (kind === 'log' ? keyIn(name, null) : keyIn(second, name));
      must(words.length <= (kind === 'log' ? 2 : 3));
      must(keys.every((one) => hexOf(one.bytes) !== hexOf(key.bytes)));
      must(keys.every((one) => one.name !== key.name || one.id !== key.id));
      keys.push(key);
    } else if (kind === 'quorum') {
      must(words.length === 1 && isMet === undefined && rules.has(name));
      isMet = rules.get(name);
    } else must(kind === 'group');
    if (kind === 'witness' || kind === 'group') must(!rules.has(name));
    if (kind === 'witness') rules.set(name, (signed) => signed.has(name));
    if (kind === 'group') {
      const own = others.flatMap((member) => rules.get(member) ?? []);
      const least = second === 'all' ? others.length : second === 'any' ? 1 : countIn(second);
      must(least >= 1 && least <= others.length && own.length === others.length);
      // A name counts once, in one group.
      for (const member of others) must(members.size < members.add(member).size);
      rules.set(name, (signed) => own.filter((rule) => rule(signed)).length >= least);
    }
  }
  must(isMet);
  return { keys, isMet };
}

/** Null where the browser has no Ed25519. @type {StandingOf} */
export async function standingOf(proof, { keys, isMet }) {
  const made = crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  if ((await made.catch(() => null)) === null) return null;
  /** @type {{ logs: string[], wrong: string[], witnesses: Signer[] }} */
  const { logs, wrong, witnesses } = { logs: [], wrong: [], witnesses: [] };
  const signed = new Set('');
  for (const key of keys) {
    const { vkey, name, witness } = key;
    const times = await timesOf(proof, key);
    if (times.includes(NaN)) wrong.push(vkey);
    else if (times.length > 0 && witness !== null) {
      signed.add(witness);
      witnesses.push({ name, vkey, at: new Date(Math.min(...times) * 1000).toISOString() });
      // The name of a log's key is the origin of its checkpoints.
    } else if (times.length > 0 && name === proof.origin) logs.push(vkey);
  }
  const isEnough = isMet(signed) && logs.length > 0 && wrong.length === 0;
  return { logs, witnesses, wrong, isMet: isMet(signed), isEnough };
}

/** @type {TimesOf} */
async function timesOf({ body, signatures }, { name, id, witness, bytes: typed }) {
  const own = signatures.filter((one) => one.name === name && hexOf(one.bytes.slice(0, 4)) === id);
  const key = await crypto.subtle.importKey('raw', typed.slice(1), 'Ed25519', false, ['verify']);
  const times = own.map(async ({ bytes }) => {
    // A witness states a time in eight bytes before its signature, and signs it.
    const at = witness === null ? 0n : BigInt(`0x${hexOf(bytes.slice(4, 12))}`);
    const message = utf8(witness === null ? body : `cosignature/v1\ntime ${at}\n${body}`);
    const signature = bytes.slice(witness === null ? 4 : 12);
    const isFit = signature.length === 64 && at < 253_402_300_800n;
    const isTrue = isFit && (await crypto.subtle.verify('Ed25519', key, signature, message));
    return isTrue ? Number(at) : NaN;
  });
  return Promise.all(times);
}

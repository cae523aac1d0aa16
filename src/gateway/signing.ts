import { sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Runtime } from '../runtime.ts';

/** The fields of the envelope that are signed. */
export type SignedFields = {
  readonly appId: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly apiCode: string;
};

/**
 * Composes the text that is signed: envelope fields and business parameters as `name=value`, joined
 * by `&`, values unencoded. Objects, arrays, null and absent parameters are not signed.
 *
 * Names are sorted by UTF-16 code units, as in a Java `TreeMap<String, …>`, whatever the locale:
 * `apiCode` before `appId`, upper case before lower case.
 *
 * Source: 签名 in the platform's gateway document (ETC运营中台接口文档).
 *
 * @example
 * const appId = 'OIG0AF4DMOK2VC2N';
 * const fields = { appId, nonce: '123AO9', timestamp: 1604990109987, apiCode: 'test.add' };
 * signingString(fields, { name: '测试' });
 * // 'apiCode=test.add&appId=OIG0AF4DMOK2VC2N&name=测试&nonce=123AO9&timestamp=1604990109987'
 */
export function signingString(
  fields: SignedFields,
  params: Readonly<Record<string, unknown>>,
): string {
  const { apiCode, appId, nonce, timestamp } = fields;
  return [...Object.entries({ apiCode, appId, nonce, timestamp }), ...Object.entries(params)]
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
}

/** What the signature of one of the platform's notices covers, as it stands in its body. */
export type SignedNotice = {
  readonly nonce: string;
  readonly requestContent: string;
  readonly timestamp: string;
};

/**
 * Composes the text that the platform signs for a notice. The body's `message_type` is not in it,
 * so nothing may depend on that.
 *
 * The text does not say where one value ends. It can be split in one way only if the nonce has no
 * `&` and the timestamp only digits, which the reader of a notice must check.
 *
 * Source: the platform's newer gateway, signed notices.
 *
 * @example noticeSigningString({ nonce: 'a1', requestContent: '{}', timestamp: '1604990109987' });
 */
export function noticeSigningString({ nonce, requestContent, timestamp }: SignedNotice): string {
  return `nonce=${nonce}&request_content=${requestContent}&timestamp=${timestamp}`;
}

const signInThreadPool = promisify<string, Buffer, KeyObject, Buffer>(cryptoSign);
const verifyInThreadPool = promisify<string, Buffer, KeyObject, Buffer, boolean>(cryptoVerify);

/**
 * Signs the text, in UTF-8, with SHA1withRSA. Computed off the main thread.
 *
 * @returns The signature in base64.
 */
export async function sign(text: string, privateKey: KeyObject): Promise<string> {
  return (await signInThreadPool('sha1', Buffer.from(text), privateKey)).toString('base64');
}

/** Whether `signature` (base64) is SHA1withRSA over the text. False for anything unreadable. */
export async function verify(
  text: string,
  signature: string,
  publicKey: KeyObject,
): Promise<boolean> {
  return verifyInThreadPool('sha1', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}

const nonceAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const nonceCharacters = 6;
/** The largest multiple of 62 in a byte. Bytes from here on would favour the first letters. */
const fairBytes = 248;

/**
 * Draws six characters of A-Z, a-z, 0-9, each equally likely: bytes from 248 on are skipped. There
 * are some 5.7e10 nonces, and the platform remembers one for 60 s.
 */
export function newNonce(runtime: Pick<Runtime, 'randomHex'>): string {
  let nonce = '';
  // A round fails to finish with probability 1e-8; 64 failures in a row mean a broken source.
  for (let round = 0; round < 64; round += 1) {
    for (const byte of Buffer.from(runtime.randomHex(16), 'hex')) {
      if (byte < fairBytes) nonce += nonceAlphabet.charAt(byte % nonceAlphabet.length);
      if (nonce.length === nonceCharacters) return nonce;
    }
  }
  throw new Error('runtime.randomHex is not random: no nonce could be drawn');
}

/**
 * Somebody who has a package and wants to confirm what it withholds. A phone number has few values, so
 * he tries them all. He knows everything else: the words around the number, what the platform was sent
 * and answered, every id and every time. He has no salt that is withheld with its value, and no
 * correlation id that is.
 *
 * He cannot succeed. A seal and a salted digest cover 128 random bits that the package does not show,
 * and each value has its own, so a salt that is shown is of no use for another value. Digests without
 * a salt (of a command, a notice, a request, an answer, a fact) are withheld. Metadata of hash format 1
 * has no salt, but a correlation id of 122 random bits, which is withheld wherever it stands. That holds
 * for any value that has few values, so trying one kind of number is enough; what is tried is whether
 * something was forgotten.
 */

import type { FactType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { digest } from '../../src/history/chain.ts';
import { withFactId } from '../../src/history/fact-key.ts';
import { requestBody, textsOf } from '../../test/evidence/real-order.ts';
import { coveredFields, sealOf, sha256 } from './hashes.ts';
import type { Fields, Json } from './json.ts';
import { fieldsIn, placesIn } from './json.ts';

type Files = ReadonlyMap<string, string | Uint8Array>;

/** What a package shows that a guess can be compared with. */
export class Guesser {
  readonly #truth: readonly Fields[];
  readonly #phone: string;
  readonly #salts: readonly string[];
  readonly #uuids: readonly string[];
  /** Digests by their first 12 digits, as placeholders show them. */
  readonly #shown: Set<string>;

  /** @param truth the whole history, in which the guesser replaces the number that he does not know */
  constructor(files: Files, truth: readonly Fields[], phone: string) {
    this.#truth = truth;
    this.#phone = phone;
    const texts = [...files.values()].map((content) => Buffer.from(content).toString('utf8'));
    const found = (pattern: RegExp) => [
      ...new Set(texts.flatMap((text) => text.match(pattern) ?? [])),
    ];
    this.#salts = found(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g);
    this.#uuids = found(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g);
    const digests = [
      ...found(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g),
      ...found(/(?<=withheld-)[0-9a-f]{12}/g),
      ...texts.map(sha256),
    ];
    this.#shown = new Set(digests.map(short));
    // What is the same for a number that nobody has tells nothing.
    for (const one of this.#computed('10000000000')) this.#shown.delete(short(one));
  }

  /** Whether something that the package shows follows from this number and from no other. */
  confirms(candidate: string): boolean {
    for (const one of this.#computed(candidate)) if (this.#shown.has(short(one))) return true;
    return false;
  }

  *#computed(candidate: string): Generator<string> {
    const lines = linesWith(this.#truth, this.#phone, candidate);
    const values = new Set<string>(Object.values(textsOf(candidate)));
    for (const line of lines) {
      for (const part of ['data', 'metadata'] as const) {
        for (const { holder, name } of placesIn(coveredFields(line, part))) {
          const value = holder[name];
          if (typeof value !== 'string') continue;
          if (value.includes(candidate) || digestFields.has(name)) values.add(value);
        }
      }
    }
    for (const value of values) {
      yield* [value.replace('sha256:', ''), sha256(value), digest(value), digest({ value })];
      for (const salt of this.#salts) yield sealOf(salt, value);
    }
    for (const line of lines) yield* this.#parts(line);
  }

  /** The digests of whole parts, with the salts and ids that are shown. */
  *#parts(line: Fields): Generator<string> {
    const data = coveredFields(line, 'data');
    const metadata = coveredFields(line, 'metadata');
    for (const salt of this.#salts) yield digest({ data, salt });
    for (const id of this.#uuids) yield digest({ ...metadata, $correlationId: id });
    const { salt = null } = fieldsIn(line, 'metadata');
    yield digest({ data, salt: null, sealed: {} });
    yield digest({ metadata, salt, sealed: {} });
  }
}

const digestFields = new Set([
  ...['commandDigest', 'noticeId', 'requestSha256', 'answerSha256', 'factId'],
]);

const short = (digest: string) => digest.slice(0, 12);

/** The history as it would be with another number, its digests computed as the module does. */
export function linesWith(
  truth: readonly Fields[],
  phone: string,
  candidate: string,
): readonly Fields[] {
  const lines = JSON.parse(JSON.stringify(truth).replaceAll(phone, candidate)) as Fields[];
  const { noticeBody, reason } = textsOf(candidate);
  for (const line of lines) {
    const [data, metadata] = [fieldsIn(line, 'data'), fieldsIn(line, 'metadata')];
    if ('noticeId' in metadata) metadata['noticeId'] = sha256(noticeBody);
    const command = commandOf(line['type'] ?? null, data);
    if ('commandDigest' in metadata && command !== null)
      metadata['commandDigest'] = digest(command);
    if (typeof data['factId'] === 'string' && data['factId'].startsWith('sha256:')) {
      data['factId'] = factIdOf(line['type'] ?? null, data);
    }
    if ('requestSha256' in data) {
      // The order holds what was sent: a nonce and a whole number.
      const sent = data as { nonce: string; timestamp: number };
      const isQuestion = line['type'] === 'StatusReported';
      data['requestSha256'] = sha256(requestBody(isQuestion ? undefined : reason, sent));
      const { requestId = null, responseCode = null, responseMsg = null } = data;
      data['answerSha256'] = sha256(JSON.stringify({ requestId, responseCode, responseMsg }));
    }
  }
  return lines;
}

/** What `commandDigest` covers; null for the command that creates an order, which holds no number. */
function commandOf(type: Json, { reason = null, note = null }: Fields): Json {
  if (type === 'CancelRequested') return { type: 'RequestCancel', payload: { reason } };
  return type === 'CancelRetryRequested' ? { type: 'RetryCancel', payload: { note } } : null;
}

function factIdOf(type: Json, data: Fields): string {
  // A fact of this history, without its id.
  const fact = { type, ...data, factId: undefined } as unknown as PaymentOrderEvent<FactType>;
  return withFactId(fact, '').factId ?? '';
}

/**
 * Asks witnesses to cosign a checkpoint. Nothing that a witness answers is believed but a signature of
 * a key that the trust file names, and a witness that is down only leaves its signature out.
 *
 * Source: C2SP tlog-witness, `add-checkpoint`.
 */

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { PaymentOrderError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { signatureIn } from '../c2sp/cosignature.ts';
import type { VerifierKey } from '../c2sp/keys.ts';
import type { Note, NoteSignature } from '../c2sp/note.ts';
import { parseNote } from '../c2sp/note.ts';
import { addCheckpointUrl } from './url.ts';

export type WitnessQuestion = {
  /** The checkpoint as its log signed it. */
  readonly checkpoint: { readonly note: string; readonly size: number };
  /** The body of `add-checkpoint` that continues a log of this size. */
  readonly consistency: (oldSize: number) => Promise<string>;
  /** The witness keys of the trust file. */
  readonly keys: readonly VerifierKey[];
  readonly runtime: Runtime;
  /** Once it aborts, no witness is waited for. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * What a witness gave: signatures, each valid and of another key; or why there are none, as a sentence
 * without its end.
 */
export type Cosignatures =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  | { readonly kind: 'missing'; readonly problem: string };

/** How long one request may take, ms. A witness is asked at most twice. */
const requestMs = 10_000;
const answerBytesMax = 16_384;

/**
 * Asks one witness. It is asked first as one that never saw the log; where it did, it says how much
 * of it, and is asked again from there.
 *
 * Rejects only where `consistency` does.
 */
export async function cosignaturesFrom(
  url: URL,
  question: WitnessQuestion,
  post: Post = postOnce,
): Promise<Cosignatures> {
  const { size } = question.checkpoint;
  const ask = async (oldSize: number): Promise<Asked> => {
    const body = await question.consistency(oldSize);
    const answer = await post(addCheckpointUrl(url), body, question);
    return typeof answer === 'string' ? missing(answer) : readAnswer(answer, question);
  };
  const first = await ask(0);
  if (first.kind !== 'size') return first;
  if (first.size > size) return missing(`the witness saw a longer log, of ${first.size} events`);
  if (first.size === 0) return missing('the witness contradicts itself about the size of the log');
  const second = await ask(first.size);
  if (second.kind !== 'size') return second;
  const why =
    second.size === size
      ? 'the witness cosigned another log of the same size'
      : 'the witness saw another checkpoint meanwhile';
  return missing(why);
}

/** Asks all of them at once. The answers stand in the order of the witnesses. */
export function cosignaturesFromAll(
  urls: readonly URL[],
  question: WitnessQuestion,
  post: Post = postOnce,
): Promise<readonly Cosignatures[]> {
  return Promise.all(urls.map((url) => cosignaturesFrom(url, question, post)));
}

type Asked = Cosignatures | { readonly kind: 'size'; readonly size: number };

function readAnswer(
  { status, contentType, body }: HttpAnswer,
  question: Pick<WitnessQuestion, 'checkpoint' | 'keys'>,
): Asked {
  if (status === 200) return readCosignatures(body, question);
  const [, size] = /^(0|[1-9]\d{0,15})\n$/.exec(body) ?? [];
  if (status === 409 && contentType === 'text/x.tlog.size' && Number.isSafeInteger(Number(size))) {
    return { kind: 'size', size: Number(size) };
  }
  return missing(refusals[status] ?? `the witness answered with HTTP ${status}`);
}

const refusals: Readonly<Record<number, string>> = {
  403: 'the witness does not trust the key of the log (HTTP 403)',
  404: 'the witness does not know the log (HTTP 404)',
  409: 'the witness says that it saw another log, but not how long it is (HTTP 409)',
  422: 'the witness cosigned what this log does not continue (HTTP 422)',
};

function readCosignatures(
  body: string,
  { checkpoint, keys }: Pick<WitnessQuestion, 'checkpoint' | 'keys'>,
): Cosignatures {
  const note = noteWith(checkpoint.note, body);
  if (note === null) return missing('the witness answered with something else than signatures');
  const signatures: NoteSignature[] = [];
  for (const key of keys) {
    const given = note.signatures.find(({ name, id }) => name === key.name && id === key.id);
    if (given === undefined) continue;
    if (signatureIn({ ...note, signatures: [given] }, key).kind !== 'valid') {
      return missing(`the cosignature of ${key.name} is wrong`);
    }
    signatures.push(given);
  }
  if (signatures.length > 0) return { kind: 'cosigned', signatures };
  return missing('no key that the trust file names signed the answer of the witness');
}

/** The text of the checkpoint with what the witness signed, and nothing else. */
function noteWith(checkpoint: string, lines: string): Note | null {
  const { text } = parseNote(checkpoint);
  try {
    const note = parseNote(`${text}\n${lines}`);
    return note.text === text ? note : null;
  } catch (error) {
    if (error instanceof PaymentOrderError) return null;
    throw error;
  }
}

function missing(problem: string): Cosignatures {
  return { kind: 'missing', problem };
}

export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
};

/** Posts once; a problem as text. Never rejects. */
export type Post = (
  url: URL,
  body: string,
  limits: Pick<WitnessQuestion, 'runtime' | 'signal'>,
) => Promise<HttpAnswer | string>;

/** Follows no redirect. */
const postOnce: Post = (url, body, { runtime, signal }) => {
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const call = send(url, { method: 'POST', agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > answerBytesMax) end('the answer of the witness is over 16 KiB');
      });
      response.on('error', () => {
        end('the witness broke off its answer');
      });
      response.on('end', () => {
        const { statusCode: status = 0, headers: given } = response;
        // Parameters may follow it.
        const contentType = given['content-type']?.split(';')[0]?.trim();
        end({ status, contentType, body: Buffer.concat(chunks).toString() });
      });
    });
    const cancelTimer = runtime.setTimer(requestMs, () => {
      end('the witness did not answer within 10 s');
    });
    const abort = () => {
      end('the witness was not waited for');
    };
    // The first end counts; a connection that is destroyed still reports its errors.
    function end(answer: HttpAnswer | string): void {
      cancelTimer();
      signal?.removeEventListener('abort', abort);
      call.destroy();
      resolve(answer);
    }
    call.on('error', (error) => {
      const code = 'code' in error ? ` (${String(error.code)})` : '';
      end(`the witness cannot be reached${code}`);
    });
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    else call.end(body);
  });
};

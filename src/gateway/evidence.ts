import { passesLuhn } from '../text.ts';
import type { AttemptEvidence } from './cancel-gateway.ts';
import { keptTextCharactersMax, requestIdCharactersMax } from './limits.ts';
import type { AnswerEnvelope } from './wire.ts';

/**
 * The platform's words, made fit to be kept and shown: well-formed, without control and format
 * characters. The message is masked, then cut to `messageCharactersMax`.
 *
 * The requestId is the key to the platform's own log. A UUID stays as it is; in any other only card
 * numbers with a right check digit are masked. It is cut at 128 characters. A number becomes text;
 * what is neither number nor text is left out.
 */
export function answerEvidence(
  { requestId, responseCode, responseMsg }: AnswerEnvelope,
  messageCharactersMax: number,
): Pick<AttemptEvidence, 'requestId' | 'responseCode' | 'responseMsg'> {
  const id = textOf(requestId);
  const message = textOf(responseMsg);
  return {
    requestId: id === undefined ? undefined : keptId(id),
    responseCode: printable(responseCode),
    responseMsg:
      message === undefined ? undefined : clipped(masked(printable(message)), messageCharactersMax),
  };
}

/** A text of an answer's data, treated like a message. Undefined for what is neither text nor number. */
export function keptText(given: unknown): string | undefined {
  const text = textOf(given);
  return text === undefined ? undefined : clipped(masked(printable(text)), keptTextCharactersMax);
}

function textOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  return typeof given === 'number' ? String(given) : undefined;
}

/** Cut before it is searched for cards, in a way that leaves no part of one. */
function keptId(id: string): string {
  const text = printable(id);
  const start = text.slice(0, 2 * requestIdCharactersMax);
  const searched = start === text ? text : start.replace(/[\p{Nd} -]+$/u, '');
  // What is longer than an id may be could be a signature.
  const named = searched.replace(signingStrings, '[masked]').replace(/\S{129,}/g, '[masked]');
  return clipped(withoutCards(named), requestIdCharactersMax);
}

/**
 * Hides what a message must not carry into the record: numbers that may be cards (13 to 19 digits
 * of any script, also in groups separated by spaces or hyphens), and a signature or signing string
 * that the platform repeats when it complains about it.
 */
export function masked(text: string): string {
  return text
    .replace(signingStrings, '[masked]')
    .replace(/[A-Za-z0-9+/=_%-]{48,}/g, '[masked]')
    .replace(/(?<!\p{Nd})\p{Nd}(?:[ -]?\p{Nd}){12,18}(?!\p{Nd})/gu, '[masked]');
}

const signingStrings = /apiCode=.*?(?:timestamp=[0-9]*|$)/gs;
const digitRuns = /\p{Nd}(?:[ -]?\p{Nd}){12,}/gu;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Nine of ten numbers of such lengths fail the check digit, so a numeric id mostly survives. */
function withoutCards(text: string): string {
  if (uuid.test(text)) return text;
  return text.replace(digitRuns, (run) => (holdsCard(run) ? '[masked]' : run));
}

/** Other groups of digits may surround a card, so each sequence of whole groups is tried. */
function holdsCard(run: string): boolean {
  const groups = run.split(/[ -]/);
  return groups.some((_, from) =>
    groups.some((__, to) => isCard(groups.slice(from, to + 1).join(''))),
  );
}

function isCard(digits: string): boolean {
  const length = Array.from(digits).length;
  if (length < 13 || length > 19) return false;
  // The platform's ids use no digits of another script, so these are masked unchecked.
  return !/^[0-9]+$/.test(digits) || passesLuhn(digits);
}

function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}

/** Counts UTF-16 code units, as the stored event's schema does, and cuts no character in two. */
function clipped(text: string, charactersMax: number): string {
  const cut = text.slice(0, charactersMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

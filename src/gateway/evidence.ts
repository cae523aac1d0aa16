import type { AnswerEnvelope } from './wire.ts';

/** What an answer's text leaves in an attempt's evidence. */
export type AnswerEvidence = {
  readonly requestId?: string | undefined;
  readonly responseCode?: string | undefined;
  readonly responseMsg?: string | undefined;
};

/**
 * The platform's words, fit to be kept and shown: well-formed, without control and format
 * characters; the message masked, then cut to `messageCharactersMax`. The requestId, up to 64
 * characters, stays as it is otherwise: it is the key to the platform's own log.
 */
export function answerEvidence(
  envelope: AnswerEnvelope,
  messageCharactersMax: number,
): AnswerEvidence {
  const { requestId, responseCode, responseMsg } = envelope;
  return {
    ...(typeof requestId === 'string' ? { requestId: printable(requestId) } : {}),
    responseCode: printable(responseCode),
    ...(typeof responseMsg === 'string'
      ? { responseMsg: clipped(masked(printable(responseMsg)), messageCharactersMax) }
      : {}),
  };
}

/**
 * Hides what a message must not carry into the record: card-like numbers (13 to 19 digits, also in
 * groups parted by spaces or hyphens, in any script's digits), and a signature or a signing string
 * that the platform repeats while it complains about them.
 */
export function masked(text: string): string {
  return text
    .replace(/apiCode=.*?(?:timestamp=[0-9]*|$)/gs, '[masked]')
    .replace(/[A-Za-z0-9+/=_%-]{48,}/g, '[masked]')
    .replace(/(?<!\p{Nd})\p{Nd}(?:[ -]?\p{Nd}){12,18}(?!\p{Nd})/gu, '[masked]');
}

function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}

/** Counts as the stored event's schema does, in UTF-16 units, and cuts no character in two. */
function clipped(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const cut = text.slice(0, charactersMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

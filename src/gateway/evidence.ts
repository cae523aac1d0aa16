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
 * characters, is the key to the platform's own log: a UUID stays as it is, and of anything else
 * only what is a card number by its check digit is masked.
 */
export function answerEvidence(
  envelope: AnswerEnvelope,
  messageCharactersMax: number,
): AnswerEvidence {
  const { requestId, responseCode, responseMsg } = envelope;
  return {
    ...(typeof requestId === 'string' ? { requestId: withoutCards(printable(requestId)) } : {}),
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

const digitRuns = /\p{Nd}(?:[ -]?\p{Nd}){12,}/gu;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Nine of ten numbers of such lengths fail the check digit: a numeric id mostly survives. */
function withoutCards(text: string): string {
  if (uuid.test(text)) return text;
  return text.replace(digitRuns, (run) => (holdsCard(run) ? '[masked]' : run));
}

/** A card may stand beside other groups of digits; each stretch of whole groups is tried. */
function holdsCard(run: string): boolean {
  const groups = run.split(/[ -]/);
  return groups.some((_, from) =>
    groups.some((__, to) => isCard(groups.slice(from, to + 1).join(''))),
  );
}

function isCard(digits: string): boolean {
  const length = Array.from(digits).length;
  if (length < 13 || length > 19) return false;
  // Digits of another script are no id of the platform's; what they mean is not worked out.
  if (!/^[0-9]+$/.test(digits)) return true;
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((total, digit, index) => {
      const weighed = index % 2 === 1 ? 2 * digit : digit;
      return total + (weighed > 9 ? weighed - 9 : weighed);
    }, 0);
  return sum % 10 === 0;
}

function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}

/** Counts as the stored event's schema does, in UTF-16 units, and cuts no character in two. */
function clipped(text: string, charactersMax: number): string {
  const cut = text.slice(0, charactersMax);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

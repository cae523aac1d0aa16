import type { FoundEvent } from '../../src/history/event.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import type { Statement } from '../../src/report/report-data.ts';
import { escapeForTerminal } from '../../src/text.ts';
import type { Prose } from '../../src/words/prose.ts';

/** What no sentence for people may hold. */
const rawWords = /undefined|null|NaN|\[object|cancelling\./;

/** What is wrong with the sentences of a report; null where nothing is. */
export function faultInTexts(events: readonly FoundEvent[]): string | null {
  const { verdict, findings, entries, header } = reportDataOf(events, {});
  const known = { instants: instantsIn(events), data: textsIn(events.map(({ data }) => data)) };
  const faultIn = (where: string, statement: Statement): string | null => {
    const { at, text, more } = statement;
    if (at !== null && entries[at] === undefined) return `${where} points at ${at}`;
    for (const language of ['en', 'zh-CN'] as const) {
      for (const prose of [text[language], ...(more === null ? [] : [more[language]])]) {
        const fault = faultInProse(prose, known);
        if (fault !== null) return `${where}, ${language}: ${fault} in ${JSON.stringify(prose)}`;
      }
    }
    return null;
  };
  const { sentences } = verdict;
  // What is withheld has a sentence of its own.
  const most = header.notKnownFrom === null ? 3 : 4;
  if (sentences.length < 1 || sentences.length > most)
    return `verdict: ${sentences.length} sentences`;
  const all: readonly (readonly [string, Statement])[] = [
    ...sentences.map((each) => ['verdict', each] as const),
    ...findings.flatMap(({ question, answers }) =>
      answers.map((each) => [question, each] as const),
    ),
  ];
  return all.map(([where, each]) => faultIn(where, each)).find((fault) => fault !== null) ?? null;
}

type Known = Readonly<Record<'instants' | 'data', ReadonlySet<string>>>;

function faultInProse(prose: Prose, { instants, data }: Known): string | null {
  if (prose.length === 0) return 'no piece';
  for (const piece of prose) {
    if (typeof piece !== 'string') {
      if (!instants.has(piece.at)) return `the moment ${piece.at}, which is not of this history`;
    } else if (piece === '') return 'an empty piece';
    else if (rawWords.test(withoutStored(piece, data))) return 'a raw word';
  }
  const text = prose.map((piece) => (typeof piece === 'string' ? piece : 'T')).join('');
  return text.trim() === '' ? 'an empty text' : null;
}

/** Somebody may have written a raw word, and then it is shown. */
function withoutStored(piece: string, stored: ReadonlySet<string>): string {
  let ours = piece;
  for (const text of stored) if (rawWords.test(text)) ours = ours.replaceAll(text, '');
  return ours;
}

/** Every text that stands in a history, and the ends of its calls. */
function instantsIn(events: readonly FoundEvent[]): ReadonlySet<string> {
  const found = new Set(textsIn(events.flatMap(({ data, metadata }) => [data, metadata])));
  for (const { data } of events) {
    const { sentAt, durationMs } = data;
    if (typeof sentAt !== 'string' || typeof durationMs !== 'number') continue;
    const endMs = Date.parse(sentAt) + durationMs;
    if (Number.isFinite(endMs)) found.add(new Date(endMs).toISOString());
  }
  return found;
}

function textsIn(parts: readonly FoundEvent['data'][]): ReadonlySet<string> {
  const values = parts.flatMap((part) => Object.values(part));
  return new Set(
    values.flatMap((value) => (typeof value === 'string' ? escapeForTerminal(value) : [])),
  );
}

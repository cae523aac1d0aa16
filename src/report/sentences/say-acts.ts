import { hasRole } from '../../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../history/event.ts';
import { escapedIn, headlineOf, reportedIn } from '../../timeline/event-details.ts';
import { eventWords } from '../../timeline/timeline.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import type { Language } from '../../words/language.ts';
import { prose } from '../../words/prose.ts';
import type { Prose } from '../../words/prose.ts';
import type { Act } from '../answers/types.ts';
import {
  entryAt,
  eventAt,
  personOf,
  recordedAt,
  neighboursAlike,
  sentenceOf,
} from './history-read.ts';
import type { HistoryRead, Told } from './history-read.ts';
import {
  detailsOf,
  factText,
  beginningOf,
  resolutionIn,
  retractionText,
  shown,
} from './say-parts.ts';

/** Who asked to cancel, and what operators did: acts that are alike are one sentence. */
export function sayActs(history: HistoryRead, acts: readonly Act[]): readonly Told[] {
  const runs = neighboursAlike(acts, ({ revision, retractedBy }) =>
    retractedBy === null ? keyOf(history, revision) : null,
  );
  return runs.flatMap((run) => {
    const [{ isRejected, retractedBy, revision }] = run;
    const event = eventAt(history, revision);
    if (event === undefined) return [];
    const text = sentenceOf((words, language) => {
      const said = sayAct(words, language, history, event, whenOf(words, history, run));
      return prose`${said}${retractionText(words, history, retractedBy)}`;
    });
    const more = detailsOf(history, event, retractedBy);
    const isDecisive = !isRejected && retractedBy === null;
    return [{ text, at: history.at(revision), more, isDecisive }];
  });
}

function keyOf(history: HistoryRead, revision: number): string | null {
  const [event, entry] = [eventAt(history, revision), entryAt(history, revision)];
  if (event === undefined || entry === undefined) return null;
  return JSON.stringify([event.type, entry.actor, entry.source, entry.sentence.en, entry.withheld]);
}

function whenOf(
  words: FindingWords,
  history: HistoryRead,
  run: readonly [Act, ...Act[]],
): string | Prose {
  const from = recordedAt(history, run[0].revision);
  const to = recordedAt(history, run.at(-1)?.revision ?? run[0].revision);
  if (from === null || to === null) return words.atWithheld;
  return run.length === 1 ? words.at(from) : words.times(run.length, from, to);
}

function sayAct(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  event: FoundEvent,
  when: string | Prose,
): Prose {
  const { type, data, revision } = event;
  const who = personOf(words, history, revision);
  switch (type === 'CommandRejected' ? data['command'] : type) {
    case 'CancelRequested':
    case 'RequestCancel':
      return prose`${words.asked(who, when)}${circumstances(words, language, history, event)}`;
    case 'CancelRetryRequested':
    case 'RetryCancel':
      return prose`${words.askedAgain(who, when)}${circumstances(words, language, history, event)}`;
    case 'CancelAbandoned':
      return words.abandoned(who, when);
    case 'CancelResolved':
      return words.resolved(who, when, resolutionIn(words, data));
    case 'FactRetracted': {
      const target = data['revision'];
      const taken = typeof target === 'number' ? eventAt(history, target) : undefined;
      const what =
        taken?.revision === target && taken !== undefined
          ? headlineOf(eventWords[language], taken)
          : '';
      return words.retracts(who, when, shown(target), what);
    }
    case 'AnomalyAcknowledged':
      return words.acknowledged(
        who,
        when,
        shown(data['number']),
        meaningOf(language, history, event),
      );
    default:
      return sayTold(words, language, history, event, when);
  }
}

/** A fact that an operator recorded, or a question that one asked. */
function sayTold(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  event: FoundEvent,
  when: string | Prose,
): Prose {
  const who = personOf(words, history, event.revision);
  if (hasRole(event.type, 'fact')) {
    return words.recordedByHand(who, when, factText(words, history, event));
  }
  const status = reportedIn(event);
  if (status !== null) return words.askedPlatform(who, when, words.statuses[status] ?? status);
  return words.otherAct(who, when, headlineOf(eventWords[language], event));
}

/** Through what it came, why, and why it was not accepted. */
function circumstances(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  { type, data, revision }: FoundEvent,
): string {
  const source = entryAt(history, revision)?.source ?? null;
  const reason = escapedIn(data, 'reason') ?? escapedIn(data, 'note');
  const rejections: Readonly<Record<string, string>> = eventWords[language].rejections;
  const code = String(data['code']);
  return [
    source === null ? '' : words.channel(throughIn(words, source)),
    reason === null ? '' : words.reason(beginningOf(reason)),
    type === 'CommandRejected' && Object.hasOwn(rejections, code)
      ? words.notAccepted(rejections[code] ?? code)
      : '',
  ].join('');
}

function throughIn(words: FindingWords, source: string): string {
  const known = Object.hasOwn(words.through, source) ? words.through[source] : undefined;
  return known ?? words.throughOther(source);
}

function meaningOf(language: Language, history: HistoryRead, { data }: FoundEvent): string {
  const anomaly = history.anomalies.find(({ number }) => number === data['number']);
  return anomaly === undefined ? '' : eventWords[language].anomalies[anomaly.code];
}

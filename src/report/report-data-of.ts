import { received, refunded } from '../../machines/payment-order.money.ts';
import type { Money } from '../../machines/payment-order.money.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { Anomaly, OrderFacts } from '../../machines/payment-order.facts.ts';
import { amountText, moneyText } from '../timeline/amount.ts';
import { standingOf } from '../timeline/anomalies.ts';
import { attemptsOf } from '../timeline/attempts.ts';
import type { AttemptRecord, Interval } from '../timeline/attempts.ts';
import { graphOf } from '../diagram/graph.ts';
import type { Graph } from '../diagram/graph.ts';
import { leavesOf } from '../diagram/style.ts';
import type { FoundEvent } from '../history/event.ts';
import { orderNoOf } from '../history/event.ts';
import { knownAlong } from '../history/recorded-steps.ts';
import { escapeForTerminal } from '../text.ts';
import { eventWords, timelineOf, timeOf } from '../timeline/timeline.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { EventWords } from '../words/events/en.ts';
import type { Language, Localized } from '../words/language.ts';
import { findingsOf } from './findings.ts';
import { entriesOf } from './report-entries.ts';
import type {
  Names,
  ReportAttempt,
  ReportData,
  ReportHeader,
  ReportOptions,
} from './report-data.ts';
import { localizedDuration, timesOf } from './times.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';

/** Computes everything that the page shows. */
export function reportDataOf(
  events: readonly FoundEvent[],
  { language = 'en', generatedAt, title, proof, trust }: ReportOptions,
): ReportData {
  const graph = graphOf(paymentOrderMachine);
  const timeline = [...timelineOf(events)];
  const attempts = attemptsOf(events);
  const { entries, foldEnds } = entriesOf(events, timeline, attempts, graph);
  const header = headerOf(events, timeline.at(-1));
  return {
    language,
    title: escapeForTerminal(title ?? header.orderNo),
    generatedAt: generatedAt === undefined ? null : timesOf(generatedAt),
    log: proof === undefined ? null : { proof, trust: trust ?? null },
    header,
    findings: findingsOf(events, timeline, attempts),
    entries,
    attempts: attempts.map(reportAttempt),
    foldEnds,
    names: { en: namesIn('en', graph), 'zh-CN': namesIn('zh-CN', graph) },
    words: { en, 'zh-CN': zhCN },
  };
}

function headerOf(events: readonly FoundEvent[], last: TimelineEntry | undefined): ReportHeader {
  let known: OrderFacts | null = null;
  let certain: OrderFacts | null = null;
  let notKnownFrom: number | null = null;
  for (const step of knownAlong(events)) {
    known = step.known;
    if (step.isCertain) certain = known;
    else notKnownFrom ??= step.event.revision;
  }
  const isCertain = notKnownFrom === null;
  return {
    orderNo: escapeForTerminal(known?.orderNo || orderNoOf(events[0]?.stream ?? '')),
    processBillNo: escapeForTerminal(known?.processBillNo ?? ''),
    amount: amountText(known?.amountMinor, known?.currency),
    received: known === null ? [] : isCertain ? sumsOf(received(known)) : known.paid ? null : [],
    refunded: known !== null && isCertain ? refunded(known).map(moneyText) : [],
    state: last?.to ?? '',
    isInDoubt: last?.isInDoubt ?? false,
    anomalies: (certain?.anomalies ?? []).map(reportAnomaly),
    notKnownFrom,
  };
}

function sumsOf(sums: readonly Money[] | null): readonly string[] | null {
  return sums === null ? null : sums.map(moneyText);
}

function reportAnomaly(anomaly: Anomaly): ReportHeader['anomalies'][number] {
  const { number, code } = anomaly;
  const both = (textIn: (words: EventWords) => string): Localized => ({
    en: textIn(eventWords.en),
    'zh-CN': textIn(eventWords['zh-CN']),
  });
  return {
    ...{ number, code, standing: standingOf(anomaly) },
    meaning: both(({ anomalies }) => anomalies[code]),
    whatToDo: both(({ whatToDo }) => whatToDo[code]),
  };
}

function reportAttempt(attempt: AttemptRecord): ReportAttempt {
  const { evidence, inFlight, inDoubt } = attempt;
  const { sentAt = null, durationMs = null } = evidence ?? {};
  return {
    ...attempt,
    sent: sentAt === null ? null : timesOf(sentAt),
    took: durationMs === null ? null : localizedDuration(durationMs),
    spans: [...spanOf('in-flight', inFlight), ...spanOf('in-doubt', inDoubt)],
  };
}

function spanOf(kind: 'in-flight' | 'in-doubt', interval: Interval | null): ReportAttempt['spans'] {
  const fromMs = interval === null ? null : timeOf(interval.from.at);
  if (interval === null || fromMs === null) return [];
  const untilMs = interval.until === null ? null : timeOf(interval.until.at);
  return [
    {
      kind,
      fromMs,
      untilMs,
      lasted: untilMs === null ? null : localizedDuration(untilMs - fromMs),
    },
  ];
}

function namesIn(language: Language, graph: Graph): Names {
  const words = eventWords[language];
  const paths = [
    ...leavesOf(graph.root).map(({ path }) => path),
    ...graph.root.children.map(({ path }) => path),
  ];
  return {
    states: Object.fromEntries(paths.map((path) => [path, words.state(path)])),
    commands: words.commands,
    answers: words.answers,
  };
}

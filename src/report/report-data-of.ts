import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { graphOf } from '../diagram/graph.ts';
import type { Graph } from '../diagram/graph.ts';
import { leavesOf } from '../diagram/style.ts';
import { framesIn } from '../diagram/svg.ts';
import type { FoundEvent } from '../history/event.ts';
import { escapeForTerminal } from '../text.ts';
import { attemptsAlong } from '../timeline/attempts.ts';
import type { AttemptRecord } from '../timeline/attempts.ts';
import { readAlong } from '../timeline/retractions.ts';
import { describedAlong, eventWords, timelineEntry } from '../timeline/timeline.ts';
import type { Language } from '../words/language.ts';
import { en } from '../words/report/en.ts';
import { zhCN } from '../words/report/zh-CN.ts';
import { answersOf } from './answers/answers.ts';
import { findingsOf } from './sentences/findings.ts';
import { headerOf } from './header.ts';
import { knownAtEnd } from './known-at-end.ts';
import { readHistory } from './sentences/history-read.ts';
import { lanesOf } from './lanes/lanes.ts';
import { entriesOf } from './report-entries.ts';
import { lateAfterDefaultMs } from './report-data.ts';
import type { Names, ReportAttempt, ReportData, ReportOptions } from './report-data.ts';
import { callRunsOf } from './runs.ts';
import { localizedDuration } from './times.ts';
import { verdictOf } from './sentences/verdict.ts';

/** Computes everything that the page shows. */
export function reportDataOf(
  events: readonly FoundEvent[],
  {
    language = 'en',
    generatedAt,
    title,
    proof,
    trust,
    lateAfterMs = lateAfterDefaultMs,
  }: ReportOptions,
): ReportData {
  const graph = graphOf(paymentOrderMachine);
  // Folded once: a long history takes a while.
  const steps = [...readAlong(events)];
  const atEnd = knownAtEnd(steps);
  const described = [...describedAlong(steps)];
  const timeline = described.map(timelineEntry);
  const attempts = attemptsAlong(steps);
  const { entries, foldEnds } = entriesOf(events, described, attempts, graph, lateAfterMs);
  const header = headerOf(events, timeline, atEnd);
  const answers = answersOf(events, attempts, atEnd);
  const history = readHistory(events, timeline, attempts, answers, atEnd, lateAfterMs);
  return {
    language,
    title: escapeForTerminal(title ?? header.orderNo),
    generatedAt: generatedAt ?? null,
    log: proof === undefined ? null : { proof, trust: trust ?? null },
    header,
    verdict: verdictOf(history),
    findings: findingsOf(history),
    lanes: lanesOf(events, timeline, attempts),
    entries,
    attempts: attempts.map(reportAttempt),
    runs: callRunsOf(timeline, attempts),
    foldEnds,
    names: { en: namesIn('en', graph), 'zh-CN': namesIn('zh-CN', graph) },
    words: { en, 'zh-CN': zhCN },
  };
}

function reportAttempt(attempt: AttemptRecord): ReportAttempt {
  const { durationMs = null } = attempt.evidence ?? {};
  return { ...attempt, took: durationMs === null ? null : localizedDuration(durationMs) };
}

function namesIn(language: Language, graph: Graph): Names {
  const words = eventWords[language];
  const states = [...leavesOf(graph.root), ...graph.root.children.flatMap(framesIn)];
  const names = states.map(({ path }) => [path, words.state(path)] as const);
  return {
    states: Object.fromEntries(names),
    boxes: Object.fromEntries(
      names.map(([path, name]) => [path, name.split(/[.·:]/).at(-1)?.trim() ?? name]),
    ),
    commands: words.commands,
    answers: words.answers,
    headlines: words.headlines,
    sources: words.sources,
    rules: words.rules,
  };
}

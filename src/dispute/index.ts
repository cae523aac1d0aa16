export { attemptsOf } from './attempts.ts';
export type { AttemptEvidence, AttemptRecord, Interval, Moment } from './attempts.ts';
export type { DisputeEvent, WithheldPart } from './dispute-event.ts';
export { renderReport } from './report/report.ts';
export type { ReportOptions } from './report/report-data.ts';
export { timelineOf } from './timeline.ts';
export type { TimelineEntry } from './timeline.ts';
export type { Language } from './words/event-words.ts';

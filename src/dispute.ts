/**
 * `payment-order-machine/dispute`: a history for the people who argue about it. The functions take
 * events as `PaymentOrders.history()` returns them, read no store and no clock, and call nobody.
 */

export { attemptsOf } from './timeline/attempts.ts';
export type { AttemptEvidence, AttemptRecord, Interval, Moment } from './timeline/attempts.ts';
export { bundleOf } from './evidence/bundle.ts';
export type { BundleOptions } from './evidence/bundle.ts';
export type { BundleFault } from './evidence/manifest.ts';
export type { RedactionRule } from './evidence/redaction-rules.ts';
export { readBundle } from './evidence/read-bundle.ts';
export type { BundleContent, BundleFiles } from './evidence/content.ts';
export { verifyBundle } from './evidence/verify-bundle.ts';
export type { LogStanding } from './evidence/proof-names.ts';
export type { Cosigner } from './tlog/types.ts';
export type { BundleExpectations, BundleVerification } from './evidence/verify-bundle.ts';
export type { FoundEvent as DisputeEvent, Withheld } from './history/event.ts';
export { renderReport } from './report/report.ts';
export type { ReportOptions } from './report/report-data.ts';
export { timelineOf } from './timeline/timeline.ts';
export type { TimelineEntry } from './timeline/timeline.ts';
export type { Language } from './words/language.ts';

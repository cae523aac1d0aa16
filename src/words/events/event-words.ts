import type { EventType } from '../../../machines/payment-order.events.ts';
import type { AnomalyCode, AttemptResult } from '../../../machines/payment-order.facts.ts';
import type { CommandType, RejectionCode } from '../../interpreter/commands.ts';

/** The languages that histories are told in. */
export type Language = 'en' | 'zh-CN';

/** What is said of a history's events, in one language. What it is given was made inert. */
export type EventWords = {
  /** A state by its dotted path. */
  readonly state: (stateDetail: string) => string;
  /** What happened, by the event's type. */
  readonly headlines: Readonly<Record<EventType, string>>;
  readonly unknownEvent: (type: string) => string;
  readonly commands: Readonly<Record<CommandType, string>>;
  readonly rejections: Readonly<Record<RejectionCode, string>>;
  readonly answers: Readonly<Record<AttemptResult, string>>;
  readonly anomalies: Readonly<Record<AnomalyCode, string>>;
  /** Where an event came from; what a caller named is shown as it is. */
  readonly sources: Readonly<Record<string, string>>;
  /** Fields of an event's data that are shown, in this order. */
  readonly dataLabels: Readonly<Record<string, string>>;
  /** Free text of an event's data, shown after all else. */
  readonly texts: Readonly<Record<string, string>>;
  readonly beginsAttempt: (attempt: number) => string;
  readonly commandRejected: (command: string, why: string) => string;
  readonly sent: (time: string) => string;
  readonly took: (duration: string) => string;
  readonly opensAnomaly: (number: number, code: string) => string;
  readonly retryIn: (duration: string) => string;
  /** A span of time, for people. */
  readonly duration: (ms: number) => string;
};

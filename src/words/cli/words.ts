import type { EventWords } from '../events/en.ts';
import type { Language } from '../language.ts';
import type { DemoWords } from './demo-words.ts';
import type { DoctorWords } from './doctor-words.ts';
import type { HistoryWords } from './history-words.ts';
import type { StoreWords } from './store-words.ts';

/** Everything the command says to people, in one language. What it is given was made inert. */
export type Words = EventWords & {
  readonly language: Language;
  readonly history: HistoryWords;
  readonly demo: DemoWords;
  readonly doctor: DoctorWords;
  readonly store: StoreWords;
  readonly failure: (code: string, message: string) => string;
  readonly hint: (text: string) => string;
  readonly howToConfigure: string;
  readonly warning: (message: string) => string;
  readonly yes: string;
  readonly no: string;
  /** With its colon. */
  readonly next: string;

  readonly answered: Readonly<
    Record<'accepted' | 'duplicate', (order: string, state: string, revision: number) => string>
  >;
  /** What the gateway said to the newest attempt of a cancel. */
  readonly outcomes: Readonly<Record<'confirmed' | 'refused' | 'refusedInDoubt', string>>;
  readonly rejected: (order: string, why: string, state: string) => string;
  /** What a state means for whoever waits for it, by its dotted path. */
  readonly stateNotes: Readonly<Record<string, string>>;
  readonly needsAttention: string;
  readonly callGoesOn: string;

  readonly labels: Readonly<
    Record<
      | 'order'
      | 'processBill'
      | 'amount'
      | 'state'
      | 'attention'
      | 'cancel'
      | 'payments'
      | 'anomalies'
      | 'pending'
      | 'witness'
      | 'next',
      string
    >
  >;
  readonly noReason: string;
  readonly reason: (text: string) => string;
  readonly attempt: (number: number, answer: string) => string;
  readonly inDoubt: string;
  /** Of an attempt in doubt, once the order is closed. */
  readonly wasInDoubt: (attempt: number) => string;
  readonly anomaly: (
    number: number,
    code: string,
    meaning: string,
    acknowledged: boolean,
  ) => string;
  readonly callIsOut: (attempt: number, since: string) => string;
  readonly timer: (event: string, dueAt: string) => string;

  readonly logHeaders: Readonly<
    Record<'revision' | 'time' | 'event' | 'way' | 'actor' | 'what', string>
  >;
  readonly listHeaders: Readonly<
    Record<'order' | 'state' | 'attention' | 'amount' | 'revision', string>
  >;
  readonly noOrders: string;

  readonly verified: (order: string, events: number, head: string) => string;
  readonly notVerified: (order: string, faults: number) => string;
  readonly verifiedAll: (orders: number) => string;

  readonly working: string;
  readonly workStopped: string;
  readonly worked: (waiting: number, fired: number) => string;

  readonly sandbox: {
    readonly started: string;
    readonly steer: string;
    readonly stop: string;
    readonly request: (order: string, fault: string, answer: string) => string;
  };
};

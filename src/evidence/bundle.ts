import { z } from 'zod';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { invalidInput } from '../errors.ts';
import { foundEvents, orderNoOf, textIn } from '../history/event.ts';
import { parseInput, valueThat } from '../parse.ts';
import { compileMachine } from '../history/machine.ts';
import { replay } from '../history/compare.ts';
import type { RecordedStep } from '../history/recorded-steps.ts';
import { recordedSteps } from '../history/recorded-steps.ts';
import type { Fault, Replay } from '../history/results.ts';
import { diagram } from '../diagram/diagram.ts';
import type { FoundEvent } from '../history/event.ts';
import { renderReport } from '../report/report.ts';
import { sha256 } from '../text.ts';
import { anomaliesOf, decisionsOf } from './decisions.ts';
import type { Manifest } from './manifest.ts';
import {
  bundleFormat,
  bundleFormatVersion,
  eventsName,
  jsonFile,
  listed,
  manifestName,
  manifestSchema,
  sumsName,
  sumsOf,
} from './manifest.ts';
import type { NoticeBody } from './notices.ts';
import { noticeFiles, noticeIdOf } from './notices.ts';
import type { RedactionRule } from './redaction-rules.ts';
import { redactionRules } from './redaction-rules.ts';
import { redact, withheldByRevision } from './redaction.ts';
import { attemptsCsv, timelineCsv } from './tables.ts';
import { verifierFiles } from './verifier.ts';
import type { EvidenceWords } from '../words/evidence/en.ts';
import { en } from '../words/evidence/en.ts';
import { zhCN } from '../words/evidence/zh-CN.ts';

export type BundleOptions = {
  /** Who exports it, at most 200 characters. */
  readonly exporter: string;
  /** Why, at most 2,000 characters. */
  readonly purpose?: string | undefined;
  /** When (ISO 8601). */
  readonly exportedAt: string;
  /** Name and version of this module. */
  readonly module: Manifest['module'];
  /** The faults that verification found in the store. */
  readonly faults: readonly Fault[];
  /** What to withhold; by default nothing. */
  readonly redact?: readonly RedactionRule[] | undefined;
  /**
   * Raw bodies by the `noticeId` that an event's metadata names, at most 900; by default none. No
   * rule can withhold a part of a body, so this goes without `redact`.
   */
  readonly notices?: ReadonlyMap<string, string | Uint8Array> | undefined;
  /**
   * Proofs from the log over all orders, as `TransparencyLog.proof()` gives them: at most 16, each of
   * another event that the package shows; by default none. A reader says whose signatures count.
   */
  readonly proofs?: readonly string[] | undefined;
};

const optionsSchema = z.strictObject({
  exporter: manifestSchema.shape.export.shape.exporter,
  purpose: z.string().max(2_000).optional(),
  exportedAt: z.iso.datetime({ offset: true }),
  module: manifestSchema.shape.module,
  faults: manifestSchema.shape.verification.shape.faults,
  redact: z.array(z.enum(redactionRules)).optional(),
  notices: valueThat<ReadonlyMap<string, NoticeBody>>((given) =>
    given instanceof Map && [...given].every(([, body]) => isBody(body))
      ? null
      : 'must be a Map of notice ids to bodies',
  ).optional(),
  proofs: z.array(z.string()).optional(),
} satisfies Record<keyof BundleOptions, z.ZodType>);

/**
 * Makes the evidence package of one order: its files by name.
 *
 * The same events and rules give the same bytes. Only the manifest's `export` depends on the
 * options `exporter`, `purpose` and `exportedAt`. What the rules withhold is shown in no form, and
 * all else stays proven.
 *
 * @param events - As `PaymentOrders.history()` returns them: oldest first, from revision 0 on.
 * @throws {PaymentOrderError} `invalid-input` with the name of the option, the place of the event or
 * the proof, or `events` where there are none. `redact` where a rule matches a value that was stored
 * unsealed.
 * @example
 * const files = await bundleOf(await orders.history('O1'), {
 *   exporter: 'audit',
 *   exportedAt: new Date().toISOString(),
 *   module: { name: 'payment-order-machine', version: '0.10.0' },
 *   faults: (await orders.verify('O1')).faults,
 *   redact: ['reason', 'card'],
 * });
 * for (const [name, content] of files) {
 *   await writeFile(join('evidence', name), content, { mode: 0o600 });
 * }
 */
export async function bundleOf(
  events: readonly FoundEvent[],
  given: BundleOptions,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const options = parseInput(optionsSchema, given);
  const rules = new Set(options.redact ?? []);
  const { notices = new Map<string, NoticeBody>() } = options;
  if (rules.size > 0 && notices.size > 0) {
    throw invalidInput('notices', 'must be left out where redact withholds anything');
  }
  const { events: shown, guessable } = redact([...foundEvents(events)].map(line), rules);
  const content = new Map([
    ...(await contentOf(shown)),
    ...noticeFiles(notices, shown),
    ...(await proofFilesOf(options.proofs ?? [], shown)),
  ]);
  const manifest = await manifestOf(shown, content, options, { rules, guessable });
  const files = new Map([...content, [manifestName, jsonFile(manifest)]]);
  const digests = new Map([...files].map(([name, bytes]) => [name, sha256(bytes)]));
  return files.set(sumsName, sumsOf(digests));
}

/** The files that follow from the events alone, and those that are the same in every package. */
export async function contentOf(
  events: readonly FoundEvent[],
): Promise<ReadonlyMap<string, string>> {
  const path = events.map(({ type, metadata }) => ({
    type,
    from: textIn(metadata, 'from'),
    to: textIn(metadata, 'to') ?? '',
  }));
  return new Map<string, string>([
    [eventsName, events.map((event) => `${JSON.stringify(event)}\n`).join('')],
    ['timeline.csv', timelineCsv(events)],
    ['attempts.csv', attemptsCsv(events)],
    ['anomalies.json', jsonFile(anomaliesOf(events))],
    ['decisions.json', jsonFile(decisionsOf(events))],
    ['replay.json', jsonFile(await replayOf(events))],
    ['diagram.mmd', diagram(paymentOrderMachine, 'mermaid', path)],
    ['diagram.dot', diagram(paymentOrderMachine, 'dot', path)],
    ['report.html', renderReport(events)],
    ...verifierFiles(),
    ['README.txt', readmeOf(events)],
  ]);
}

/** Loads what reads proofs only for those who give some. */
async function proofFilesOf(
  proofs: readonly string[],
  events: readonly FoundEvent[],
): Promise<ReadonlyMap<string, string>> {
  if (proofs.length === 0) return new Map();
  const { proofFiles } = await import('./proofs.ts');
  return proofFiles(proofs, events);
}

/** How to read and verify the package, in both languages. */
function readmeOf(events: readonly FoundEvent[]): string {
  const stream = events[0]?.stream ?? '';
  const withheld = withheldByRevision(events).length;
  const notices = events.filter((event) => noticeIdOf(event) !== null).length;
  const lines = (words: EvidenceWords) => [
    ...words.readme(stream),
    ...(notices === 0 ? [] : ['', ...words.notices(notices)]),
    ...(withheld === 0 ? [] : ['', ...words.withheld(withheld)]),
  ];
  return [...lines(en), '', '-'.repeat(72), '', ...lines(zhCN), ''].join('\n');
}

/** The history as recorded, and derived again by today's machine: `replay.json`. */
async function replayOf(events: readonly FoundEvent[]): Promise<{
  readonly steps: readonly Omit<RecordedStep, 'known'>[];
  readonly known: RecordedStep['known'] | null;
  readonly derived: Replay;
}> {
  const steps: Omit<RecordedStep, 'known'>[] = [];
  let last: RecordedStep['known'] | null = null;
  for await (const { known, ...step } of recordedSteps(events)) {
    steps.push(step);
    last = known;
  }
  const derived = await replay(compileMachine(), events[0]?.stream ?? '', events);
  return { steps, known: last, derived };
}

/** What a manifest says that follows from its events, besides their range and their digests. */
export async function claimsOf(
  events: readonly FoundEvent[],
): Promise<Pick<Manifest, 'writtenBy' | 'machine'>> {
  const { derived } = await replayOf(events);
  return {
    writtenBy: [...derived.writtenBy],
    machine: compileMachine().identity,
  };
}

async function manifestOf(
  events: readonly FoundEvent[],
  content: ReadonlyMap<string, string | Uint8Array>,
  { exporter, purpose, exportedAt, module, faults }: BundleOptions,
  redaction: { readonly rules: ReadonlySet<RedactionRule>; readonly guessable: readonly number[] },
): Promise<Manifest> {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined)
    throw invalidInput('events', 'must hold at least one event');
  const { stream } = first;
  const { writtenBy, machine } = await claimsOf(events);
  return {
    format: bundleFormat,
    formatVersion: bundleFormatVersion,
    export: { exporter, purpose: purpose ?? null, exportedAt },
    scope: {
      stream,
      orderNo: orderNoOf(stream),
      fromRevision: first.revision,
      toRevision: last.revision,
      events: events.length,
    },
    head: { revision: last.revision, hash: textIn(last.metadata, 'hash') ?? '' },
    writtenBy,
    machine,
    module,
    verification: { ok: faults.length === 0, faults: [...faults] },
    redaction: {
      rules: [...redaction.rules].toSorted(),
      withheld: withheldByRevision(events).map(({ revision, names }) => ({
        revision,
        names: [...names],
      })),
      guessable: [...redaction.guessable],
    },
    files: [...content].map(([name, bytes]) => listed(name, bytes)),
  };
}

/** The event without its position, which differs from store to store. */
function line(event: FoundEvent): FoundEvent {
  const { stream, revision, id, type, data, metadata, withheld } = event;
  const covered = { stream, revision, id, type, data, metadata };
  return withheld === undefined ? covered : { ...covered, withheld };
}

function isBody(given: unknown): given is NoticeBody {
  return typeof given === 'string' || given instanceof Uint8Array;
}

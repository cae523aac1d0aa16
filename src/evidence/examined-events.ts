import { textIn } from '../history/event.ts';
import type { FoundEvent, Witness } from '../history/event.ts';
import { compileMachine } from '../history/machine.ts';
import { Examiner } from '../history/verify.ts';
import type { EventLine, LineKind } from './event-lines.ts';
import { EventLines, linesMax } from './event-lines.ts';
import type { BundleFault } from './manifest.ts';
import { eventsName } from './manifest.ts';
import { noticeIdOf } from './notices.ts';
import { withheldByRevision } from './redaction.ts';

/** Events of up to 32 MiB are kept, for all that is derived from them. */
const keptBytesMax = 32 * 1024 * 1024;

/** The events of a package, verified one after the other while their file is read. */
export class ExaminedEvents {
  readonly faults: BundleFault[] = [];
  readonly withheld: ReturnType<typeof withheldByRevision>[number][] = [];
  count = 0;
  first: FoundEvent | null = null;
  last: FoundEvent | null = null;
  /** Whether all of them are of the first one's stream. */
  isOneStream = true;
  /** The notices that their metadata names. */
  readonly noticeIds = new Set<string>();
  /** By revision; null where an event shows none. */
  readonly hashes = new Map<number, string | null>();
  /** All of them; null if they are too large for that. */
  kept: FoundEvent[] | null = [];
  readonly #witness: Witness | undefined;
  readonly #lines: EventLines;
  #examiner: Examiner | null = null;
  #bytes = 0;
  #lineCount = 0;

  constructor(kind: LineKind, witness: Witness | undefined) {
    this.#lines = new EventLines(kind);
    this.#witness = witness;
  }

  /** A part of the file. */
  see(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > keptBytesMax) this.kept = null;
    for (const line of this.#lines.read(part)) this.#examine(line);
  }

  /** Verifies hashes, chain, contiguity, path and witness, as in a store; gives the head. */
  finish(): Witness | null {
    for (const line of this.#lines.end()) this.#examine(line);
    this.#examiner ??= new Examiner(compileMachine(), '', this.#witness);
    const { faults, witness: head } = this.#examiner.finish();
    for (const { code, message, revision } of faults) {
      this.faults.push({ file: eventsName, revision, code, message });
    }
    return head;
  }

  #examine({ event, problem }: EventLine): void {
    this.#lineCount += 1;
    const number = this.#lineCount;
    if (number > linesMax + 1) return;
    if (number > linesMax) this.#fault(null, 'too-many-events', `has more than ${linesMax} lines`);
    else if (event === null) this.#fault(number - 1, 'invalid-event', problem);
    else this.#see(event);
  }

  #see(event: FoundEvent): void {
    this.#examiner ??= new Examiner(compileMachine(), event.stream, this.#witness);
    this.#examiner.see(event);
    this.first ??= event;
    this.last = event;
    this.isOneStream &&= event.stream === this.first.stream;
    this.withheld.push(...withheldByRevision([event]));
    const noticeId = noticeIdOf(event);
    if (noticeId !== null) this.noticeIds.add(noticeId);
    this.hashes.set(event.revision, textIn(event.metadata, 'hash'));
    this.kept?.push(event);
    this.count += 1;
  }

  #fault(revision: number | null, code: string, problem: string): void {
    this.faults.push({ file: eventsName, revision, code, message: `${eventsName} ${problem}` });
  }
}

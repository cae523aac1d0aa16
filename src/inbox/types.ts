/**
 * The types of notices. They are apart from the functions that handle them, so that no public
 * declaration leads to a type of XState's.
 */

import type { FactType } from '../../machines/payment-order.events.ts';
import type { Actor } from '../history/event.ts';
import type { Fault } from '../history/results.ts';
import type { CommandOptions, FactInput } from '../order/types.ts';

/** A notice as it came to your service. */
export type NoticeInput = {
  /**
   * As it came, byte for byte; text counts as UTF-8. Of more than 64 KiB only the digest, the length
   * and the first 64 KiB are kept, and it counts as unreadable.
   */
  readonly body: string | Uint8Array;
  /** The header of that name. At most 256 characters of it are kept. */
  readonly contentType?: string | undefined;
  /** Where it came from: 1 to 128 printable characters. Default `notice`. */
  readonly source?: string | undefined;
  /** A signature that came beside the body. At most 8,192 characters of it are kept. */
  readonly signature?: string | undefined;
  /**
   * What vouches for the sender, such as a source network or a client certificate: 1 to 128
   * printable characters, recorded with the fact. Without it, only a valid signature lets a notice
   * change an order. Never take it from the request's own words.
   */
  readonly vouchedBy?: string | undefined;
  /** Who delivers it, where that is somebody: an operator on the command line. */
  readonly actor?: Actor | undefined;
};

/** A notice as a translator gets it. */
export type Notice = {
  /** SHA-256 of the body, lower-case hexadecimal. */
  readonly noticeId: string;
  /** The body, which is UTF-8 and at most 64 KiB long. What is not is never translated. */
  readonly body: string;
  readonly contentType?: string | undefined;
  readonly source?: string | undefined;
  readonly signature?: string | undefined;
  /** When it was first kept: UTC with milliseconds. */
  readonly receivedAt: string;
  /** The order that an operator named for it. */
  readonly orderNo?: string | undefined;
};

/** What the methods that record a fact take, without their options. */
export type FactContent<T extends FactType> = Omit<FactInput<T>, keyof CommandOptions>;

/** A fact that a notice reports. */
export type TranslatedFact = {
  readonly [T in FactType]: { readonly type: T; readonly fact: FactContent<T> };
}[FactType];

/**
 * What a notice means. A `problem` is one sentence of at most 300 characters, and never quotes the
 * body.
 *
 * - `fact`: what happened to which order. `signed` names a signature that is valid, such as
 *   `platform-key-2026`: it vouches for the notice.
 * - `waits`: it cannot be said yet, such as a refund whose order nobody knows. It is asked again.
 * - `unreadable`: nothing that this translator knows. An operator has to look.
 * - `forged`: its signature is invalid. It is never applied, whoever vouches for it.
 */
export type Translation =
  | ({
      readonly kind: 'fact';
      readonly orderNo: string;
      readonly signed?: string | undefined;
    } & TranslatedFact)
  | { readonly kind: 'waits' | 'unreadable' | 'forged'; readonly problem: string };

/**
 * Says what a notice means. It may be asked several times about one notice, so it changes nothing.
 * Where it throws, the notice is kept as unreadable and the error is reported to `onError`.
 */
export type Translate = (notice: Notice) => Translation | Promise<Translation>;

export type InboxOptions = {
  /**
   * Needed to receive notices and to try again those that are not translated yet; recovery uses the
   * one that was given last. Without it, notices are kept until a process has one.
   */
  readonly translate?: Translate | undefined;
};

/**
 * - `applied`: its fact is recorded in an order, or was recorded before.
 * - `waiting`: for its order to be created, for its translator, or for recovery to ask the platform
 *   whether it is true, where nothing else vouches for it. It is tried again.
 * - `held`: it needs an operator.
 * - `discarded`: by an operator.
 */
export type NoticeStatus = 'applied' | 'waiting' | 'held' | 'discarded';

/**
 * Why a notice is held.
 *
 * - `unreadable`: nobody can say what it means.
 * - `forged`: its signature is invalid.
 * - `unvouched`: nothing vouches for its sender.
 * - `refused`: its order cannot take the fact.
 */
export type HeldCode = 'unreadable' | 'forged' | 'unvouched' | 'refused';

/** How a notice stands. */
export type NoticeStanding = {
  /** SHA-256 of the body, lower-case hexadecimal. */
  readonly noticeId: string;
  readonly status: NoticeStatus;
  /** Why it is held; null where it is not. */
  readonly code: HeldCode | null;
  /** What it waits for, why it is held, or the reason of the operator who discarded it. */
  readonly problem: string | null;
  /** The order it is about, where that is known. */
  readonly orderNo: string | null;
  /** The fact that it reports, where that is known. */
  readonly type: FactType | null;
  /** What vouches for it; null where nothing does. */
  readonly vouchedBy: string | null;
  /** Where its fact stands in the order; null until it is applied. */
  readonly applied: NoticeApplication | null;
};

export type NoticeApplication = {
  readonly orderNo: string;
  /** `duplicate`: the order knew the fact already, and nothing was recorded. */
  readonly kind: 'accepted' | 'duplicate';
  /** The fact's revision and hash; of a duplicate, those of the order's head. */
  readonly revision: number;
  readonly hash: string;
  readonly vouchedBy: string;
};

/** `duplicate`: the same body came before. It is answered as it stands now. */
export type NoticeReceipt = NoticeStanding & { readonly kind: 'accepted' | 'duplicate' };

/**
 * `rejected`: the notice is applied, so retract its fact instead; or it is not translated yet, and
 * this process has no translator.
 */
export type DiscardReceipt = NoticeStanding & {
  readonly kind: 'accepted' | 'duplicate' | 'rejected';
};

/** A notice in a list. */
export type NoticeView = NoticeStanding & {
  /** True while it is held. */
  readonly needsAttention: boolean;
  /** When it was first kept: UTC with milliseconds. */
  readonly receivedAt: string;
  readonly contentType?: string | undefined;
  readonly source?: string | undefined;
  /** Of the body, in bytes. */
  readonly bytes: number;
};

/** A notice with its body, which names payers: show it to nobody who need not see it. */
export type NoticeDetail = NoticeView & {
  /** As text where it is UTF-8, as base64 where it is not; of a large one the first 64 KiB. */
  readonly body: { readonly text: string } | { readonly base64: string };
  readonly isWhole: boolean;
  readonly signature?: string | undefined;
  /** The fact that it reports, where that is known. */
  readonly fact: Readonly<Record<string, string | number>> | null;
  /** What happened to it, oldest first. */
  readonly events: readonly NoticeStep[];
};

export type NoticeStep = {
  /** 0-based. */
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
  /** The operator, where one did it. */
  readonly by?: string | undefined;
  readonly problem?: string | undefined;
};

/** Which notices `list` gives. Default: all. */
export type NoticeFilter = {
  readonly status?: NoticeStatus | undefined;
  readonly attention?: boolean | undefined;
  readonly orderNo?: string | undefined;
  /** Called for each notice that cannot be read. Without it, the first one ends the list. */
  readonly onUnreadable?: ((noticeId: string, error: unknown) => void) | undefined;
};

export type NoticeRetry = {
  /** The operator. */
  readonly by: string;
  /** How the operator knows that the notice is true: 1 to 128 printable characters. */
  readonly vouchedBy?: string | undefined;
  /** The order that the notice is about, where its translator does not know or is wrong. */
  readonly orderNo?: string | undefined;
  /**
   * The revision of the notice as the operator saw it: that of the last of its `events`. It is tried
   * only while that is the last one; else it throws `revision-moved`, and this is not recorded.
   */
  readonly ifRevision?: number | undefined;
};

export type NoticeDiscard = {
  /** The operator. */
  readonly by: string;
  /** At most 512 characters. */
  readonly reason: string;
  /** As of `NoticeRetry`. */
  readonly ifRevision?: number | undefined;
};

/** What checking a notice, or a list of an order's notices, found. */
export type NoticeVerification = {
  readonly stream: string;
  readonly ok: boolean;
  readonly events: number;
  readonly faults: readonly Fault[];
};

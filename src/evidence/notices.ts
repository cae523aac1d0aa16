/**
 * The raw notices by which facts came. A notice is known by the SHA-256 of its body, and that digest
 * stands in the metadata of its fact, which the chain proves. So a body needs no other proof. It is
 * withheld unless it was asked for, because a notice may say more than the fact that was read from it.
 */

import { invalidInput } from '../errors.ts';
import type { FoundEvent } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { sha256 } from '../text.ts';
import type { Digested } from './content.ts';
import { fault } from './faults.ts';
import type { AnyManifest, BundleFault } from './manifest.ts';

/** A package has room for fourteen files of its own, and more than that. */
export const noticesMax = 900;

export type NoticeBody = string | Uint8Array;

/** The file holds the body's very bytes, so any tool that computes SHA-256 can check its name. */
export function noticeFile(noticeId: string): string {
  return `notice-${noticeId}.txt`;
}

/** The notice whose body a file should hold; null for any other file. */
export function noticeIdIn(name: string): string | null {
  return /^notice-([0-9a-f]{64})\.txt$/.exec(name)?.[1] ?? null;
}

/** The notice that an event names; null also where that is withheld. */
export function noticeIdOf({ metadata }: FoundEvent): string | null {
  return textIn(metadata, 'noticeId');
}

/** @throws {PaymentOrderError} `invalid-input` for a body that is not what an event names */
export function noticeFiles(
  notices: ReadonlyMap<string, NoticeBody>,
  events: readonly FoundEvent[],
): ReadonlyMap<string, NoticeBody> {
  if (notices.size > noticesMax) {
    throw invalidInput('notices', `must be at most ${noticesMax}; export the package without them`);
  }
  const named = new Set(events.map(noticeIdOf));
  for (const [noticeId, body] of notices) {
    if (!named.has(noticeId)) throw invalidInput('notices', 'must be named by the events');
    if (sha256(body) !== noticeId) {
      throw invalidInput('notices', 'must hold each body under the SHA-256 of its bytes');
    }
  }
  return new Map([...notices].map(([noticeId, body]) => [noticeFile(noticeId), body]));
}

/** The notices whose bodies the package proves; all others that it holds become faults. */
export function provenNotices(
  { files }: Pick<AnyManifest, 'files'>,
  digests: ReadonlyMap<string, Digested>,
  named: ReadonlySet<string>,
  faults: BundleFault[],
): readonly string[] {
  return files.flatMap(({ name }) => {
    const noticeId = noticeIdIn(name);
    const found = digests.get(name);
    // A file that could not be read has a fault already.
    if (noticeId === null || found === undefined) return [];
    if (found.sha256 !== noticeId) {
      faults.push(fault(name, 'notice-altered', 'is not the notice that its name gives'));
      return [];
    }
    if (!named.has(noticeId)) {
      faults.push(fault(name, 'notice-unnamed', 'is a notice that no event names'));
      return [];
    }
    return [noticeId];
  });
}

/** What a command that cannot even be answered throws. */

import { PaymentOrderError } from '../errors.ts';
import type { OrderHistory } from '../history/load.ts';
import type { RecordedCode } from './types.ts';

/**
 * Requires that nothing was recorded since somebody looked.
 *
 * @throws {PaymentOrderError} `revision-moved`: whoever decided saw something else.
 */
export function requireSeen(
  stream: string,
  { revision }: { readonly revision: number },
  ifRevision: number | undefined,
): void {
  if (ifRevision === undefined || ifRevision === revision) return;
  const problem = `is ${ifRevision}, and the last revision is ${revision}`;
  throw new PaymentOrderError(
    'revision-moved',
    `stream ${stream}: ifRevision ${problem}; the command was not recorded: look at what was recorded ` +
      'since, and decide again',
    { stream, revision, field: 'ifRevision', problem },
  );
}

export function commandIdReused({ stream }: OrderHistory): PaymentOrderError {
  return new PaymentOrderError(
    'command-id-reused',
    `stream ${stream}: this command id was used before with another payload; ` +
      'use a new id for a new command',
    { stream, field: 'commandId' },
  );
}

export function noRoomToReject({ stream, head, deduplication }: OrderHistory, code: RecordedCode) {
  const { revision } = head;
  return new PaymentOrderError(
    'stream-full',
    `stream ${stream} holds ${revision + 1} events, ${deduplication.rejections} of them rejected ` +
      `commands, and has no room for another: this one (${code}) is not recorded, so its id gets ` +
      'no answer; look at the order, and find out who repeats what it does not allow',
    { stream, revision },
  );
}

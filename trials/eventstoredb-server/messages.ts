import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './log.ts';

/** The end of `$all`, which clients take for 'no position'. */
export const noPosition = '18446744073709551615';

const ticksPerMs = 10_000n;

export type Resolved = { readonly event?: StoredEvent; readonly link?: StoredEvent };

export function eventMessage(resolved: Resolved, withPosition: boolean): ReadResp {
  const { event, link } = resolved;
  const message = new streamsPb.ReadResp.ReadEvent();
  if (event !== undefined) message.setEvent(recorded(event, withPosition));
  if (link !== undefined) message.setLink(recorded(link, withPosition));
  const original = link ?? event;
  if (withPosition && original !== undefined) message.setCommitPosition(String(original.position));
  else message.setNoPosition(new sharedPb.Empty());
  return new streamsPb.ReadResp().setEvent(message);
}

export function confirmationMessage(id: string): ReadResp {
  const confirmation = new streamsPb.ReadResp.SubscriptionConfirmation().setSubscriptionId(id);
  return new streamsPb.ReadResp().setConfirmation(confirmation);
}

export function checkpointMessage(commit: bigint, prepare: bigint): ReadResp {
  const checkpoint = new streamsPb.ReadResp.Checkpoint()
    .setCommitPosition(String(commit))
    .setPreparePosition(String(prepare));
  return new streamsPb.ReadResp().setCheckpoint(checkpoint);
}

export function caughtUpMessage(): ReadResp {
  return new streamsPb.ReadResp().setCaughtUp(new streamsPb.ReadResp.CaughtUp());
}

export function streamNotFoundMessage(stream: string): ReadResp {
  const notFound = new streamsPb.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifierOf(stream));
  return new streamsPb.ReadResp().setStreamNotFound(notFound);
}

export function identifierOf(stream: string): StreamIdentifier {
  return new sharedPb.StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));
}

export function streamOf(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function uuidOf(id: string): UUID {
  return new sharedPb.UUID().setString(id);
}

/** In lower case, as servers return ids; null where it is not a UUID. */
export function idOf(uuid: UUID | undefined): string | null {
  const id = uuid?.getString().toLowerCase() ?? '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : null;
}

function recorded(event: StoredEvent, withPosition: boolean): ReadResp.ReadEvent.RecordedEvent {
  const position = withPosition ? String(event.position) : noPosition;
  const message = new streamsPb.ReadResp.ReadEvent.RecordedEvent()
    .setId(uuidOf(event.id))
    .setStreamIdentifier(identifierOf(event.stream))
    .setStreamRevision(String(event.revision))
    .setCommitPosition(position)
    .setPreparePosition(position)
    .setCustomMetadata(event.metadata)
    .setData(event.data);
  const metadata = message.getMetadataMap();
  metadata.set('type', event.type);
  metadata.set('content-type', event.contentType);
  metadata.set('created', String(BigInt(Math.trunc(event.createdMs)) * ticksPerMs));
  return message;
}

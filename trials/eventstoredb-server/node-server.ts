import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { DeleteReq, TombstoneReq } from '@eventstore/db-client/generated/streams_pb.js';
import { Server, status } from '@grpc/grpc-js';
import type { sendUnaryData } from '@grpc/grpc-js';
import { append, batchAppend, expectedOf } from './append-service.ts';
import type { Expected } from './decision.ts';
import { failure, streamDeleted, wrongExpectedVersion } from './failures.ts';
import type { UnaryFault } from './faults.ts';
import type { AppendOutcome } from './log.ts';
import { streamOf, uuidOf } from './messages.ts';
import { pause, refusal } from './node-context.ts';
import type { NodeContext } from './node-context.ts';
import { read } from './read-service.ts';

const serverVersion = '24.10.4';
const streamsName = 'event_store.client.streams.streams';

/** The gRPC server of one node, not yet bound to a port. */
export function nodeServer(context: NodeContext, maxConcurrentStreams: number): Server {
  const server = new Server({
    'grpc.max_concurrent_streams': maxConcurrentStreams,
    // `append-service.ts` refuses what is too large, in the words of a real server.
    'grpc.max_receive_message_length': -1,
  });
  server.addService(streamsGrpc.StreamsService, streamsOf(context));
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: (_call: unknown, callback: sendUnaryData<unknown>) => {
      const answer = () => supportedMethods(context);
      void answerUnary(context, context.faults.takeFeatures(), answer, callback);
    },
  });
  server.addService(gossipGrpc.GossipService, {
    read: (_call: unknown, callback: sendUnaryData<unknown>) => {
      const answer = () => clusterInfo(context);
      void answerUnary(context, context.faults.takeGossip(), answer, callback);
    },
  });
  return server;
}

function streamsOf(context: NodeContext): IStreamsServer {
  return {
    append: (call, callback) => {
      append(context, call, callback);
    },
    batchAppend: (call) => {
      batchAppend(context, call);
    },
    read: (call) => {
      void read(context, call);
    },
    delete: (call, callback) => {
      const target = targetOf(call.request);
      const done = () => context.log.delete(target.stream, target.expected);
      remove(context, call.metadata, target, done, callback, (position) =>
        new streamsPb.DeleteResp().setPosition(
          placed(new streamsPb.DeleteResp.Position(), position),
        ),
      );
    },
    tombstone: (call, callback) => {
      const target = targetOf(call.request);
      const done = () => context.log.tombstone(target.stream, target.expected);
      remove(context, call.metadata, target, done, callback, (position) =>
        new streamsPb.TombstoneResp().setPosition(
          placed(new streamsPb.TombstoneResp.Position(), position),
        ),
      );
    },
  };
}

type Target = { readonly stream: string; readonly expected: Expected };

function targetOf(request: DeleteReq | TombstoneReq): Target {
  const options = request.getOptions();
  if (options === undefined) return { stream: '', expected: 'any' };
  const revision = options.hasRevision() ? options.getRevision() : null;
  const stream = streamOf(options.getStreamIdentifier());
  return { stream, expected: expectedOf(options, revision) };
}

function remove<Response>(
  context: NodeContext,
  metadata: Parameters<typeof refusal>[1],
  { stream, expected }: Target,
  run: () => AppendOutcome,
  callback: sendUnaryData<Response>,
  respond: (position: bigint) => Response,
): void {
  const refused = refusal(context, metadata, 'write');
  if (refused !== null) {
    callback(refused);
    return;
  }
  const outcome = run();
  if (outcome.kind === 'stream-deleted') callback(streamDeleted(stream));
  else if (outcome.kind === 'wrong-expected-version') {
    callback(wrongExpectedVersion(stream, numberOf(expected), outcome.current));
  } else callback(null, respond(outcome.position ?? 0n));
}

/** The numbers by which .NET's clients name the expectations without a revision. */
function numberOf(expected: Expected): bigint {
  switch (expected) {
    case 'no_stream':
      return -1n;
    case 'any':
      return -2n;
    case 'stream_exists':
      return -4n;
    default:
      return expected;
  }
}

function placed<
  Position extends {
    setCommitPosition(v: string): unknown;
    setPreparePosition(v: string): unknown;
  },
>(message: Position, position: bigint): Position {
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return message;
}

async function answerUnary(
  context: NodeContext,
  fault: UnaryFault | undefined,
  answer: () => unknown,
  callback: sendUnaryData<unknown>,
): Promise<void> {
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'status') {
    callback(failure(fault.code, fault.details ?? `Fault ${status[fault.code]}`));
    return;
  }
  if (fault?.kind === 'delay') await pause(context.clock, fault.ms);
  callback(null, answer());
}

function supportedMethods(context: NodeContext) {
  const methods: (readonly [name: string, ...features: string[]])[] = [
    ['read', 'position', 'events'],
    ['append'],
    ['delete'],
    ['tombstone'],
  ];
  if (context.withBatchAppend) methods.push(['batchappend', 'deadline_duration']);
  const supported = methods.map(([name, ...features]) =>
    new featuresPb.SupportedMethod()
      .setServiceName(streamsName)
      .setMethodName(name)
      .setFeaturesList(features),
  );
  return new featuresPb.SupportedMethods()
    .setMethodsList(supported)
    .setEventStoreServerVersion(serverVersion);
}

function clusterInfo(context: NodeContext) {
  const { LEADER, FOLLOWER } = gossipPb.MemberInfo.VNodeState;
  const members = context.members().map(({ host, port, leads, alive }) =>
    new gossipPb.MemberInfo()
      .setInstanceId(uuidOf(`00000000-0000-4000-9000-${String(port).padStart(12, '0')}`))
      .setTimeStamp(String(context.clock.now() * 10_000))
      .setState(leads ? LEADER : FOLLOWER)
      .setIsAlive(alive)
      .setHttpEndPoint(new gossipPb.EndPoint().setAddress(host).setPort(port)),
  );
  return new gossipPb.ClusterInfo().setMembersList(members);
}

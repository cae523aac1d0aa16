/** Every kind of fault that a run may have; a swarm run switches each off by chance. */
export const faultNames = [
  // The store and the way to it.
  'lostRequest',
  'lostAck',
  'delayedApply',
  'storeOutage',
  'staleRead',
  'slowStore',
  'droppedSubscription',
  'rivalStorm',
  // The platform and the way to it.
  'connectFails',
  'slowConnect',
  'requestLost',
  'replyLost',
  'lateExecution',
  'duplicateExecution',
  'stickyError',
  'garbledReply',
  'refusesOpen',
  'blockedCalls',
  'gatewayHangs',
  'gatewayThrows',
  // What happens out there meanwhile.
  'racingPayment',
  'paidAfterClose',
  'expiry',
  'duplicateFacts',
  // Processes and their clocks.
  'crash',
  'restart',
  'deadlinesDiffer',
  'clockSkew',
  'clockJump',
  // Of callers; what came later stands last, so that it reshuffles nothing before it.
  'repeatedCommands',
  // Of facts that are wrong, come without a number, or are taken back.
  'mistakenPayment',
  'unnumberedPayment',
  'refund',
  'retraction',
  'retractionRace',
  // Of questions about an order, and of the platform that is asked.
  'cannotBeAsked',
  'questionLost',
  'questionHangs',
  'questionThrows',
  'garbledStatus',
  'statusLags',
  'statusSilence',
  'laterThanAssumed',
  'asksFirst',
  'asksOfOpenOrders',
  // Two merchants on one store; it needs two processes.
  'severalGateways',
] as const;

export type FaultName = (typeof faultNames)[number];

export const clockJumps = {
  '-1d': -86_400_000,
  '-1s': -1_000,
  '+5min': 300_000,
  '+25h': 90_000_000,
  frozen: 0,
  '1970': 0,
  '9999': 0,
} as const;

export type ClockJump = keyof typeof clockJumps;

export function isFaultName(name: string): name is FaultName {
  return faultNames.some((known) => known === name);
}

export function isClockJump(name: string): name is ClockJump {
  return Object.hasOwn(clockJumps, name);
}

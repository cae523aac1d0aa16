export { openPaymentOrders } from './open.ts';
export type { GatewaySettings, OpenOptions } from './open.ts';
export type { PaymentOrders } from './payment-orders.ts';
export type { Moment } from './history/moment.ts';
export type { RecordedStep } from './history/recorded-steps.ts';
export type { Divergence, Replay } from './history/replay-result.ts';
export type {
  CommandOptions,
  CommandType,
  Explanation,
  HistoryEvent,
  OrderAsOf,
  OrderCancel,
  OrderFilter,
  OrderState,
  PaymentOrder,
  PendingWork,
  Receipt,
  RejectionCode,
  ReplayOptions,
} from './order/types.ts';
export { upcastEvent } from './history/codec.ts';
export type { Actor, EventMetadata, Witness } from './history/stored-event.ts';
export type { Fault, Verification } from './history/verification.ts';
export { PaymentOrderError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export type {
  AppendResult,
  EventStore,
  ExpectedRevision,
  PreparedEvent,
  RecordedEvent,
  StoreExpectations,
} from './event-store/event-store.ts';
export type {
  AttemptEvidence,
  CancelGateway,
  CancelOutcome,
  CancelRequest,
} from './gateway/cancel-gateway.ts';
export type { Runtime } from './runtime.ts';
export { systemRuntime } from './runtime.ts';
export type { RetryPolicy } from '../machines/payment-order.facts.ts';
export { verifyHistories } from './history/verify-histories.ts';
export type {
  AcceptableCause,
  CompatibilityReport,
  DivergenceCause,
  History,
  HistoryCheck,
  VerifyHistoriesOptions,
} from './history/verify-histories.ts';

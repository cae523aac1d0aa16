export { openPaymentOrders } from './open.ts';
export type { GatewaySettings, OpenOptions } from './open-options.ts';
export type { PaymentOrders } from './payment-orders.ts';
export type {
  AcceptableCause,
  Backup,
  BackupOptions,
  CompatibilityReport,
  Divergence,
  DivergenceCause,
  Fault,
  History,
  HistoryCheck,
  Moment,
  Replay,
  Verification,
  VerifyHistoriesOptions,
} from './history/results.ts';
export type { RecordedStep } from './history/recorded-steps.ts';
export type {
  AskOptions,
  AskReceipt,
  CommandOptions,
  CommandType,
  OrderCommandOptions,
  OrderAnomaly,
  OrderCancel,
  OrderState,
  PaymentOrder,
  PendingWork,
  Receipt,
  RejectionCode,
} from './order/types.ts';
export type {
  Explanation,
  OrderAsOf,
  OrderFilter,
  Preview,
  PreviewedEvent,
  PreviewedType,
  PreviewPayload,
  PreviewStep,
  ReplayOptions,
} from './order/query-types.ts';
export { upcastEvent } from './history/upcast.ts';
export type { Inbox } from './inbox/inbox.ts';
export type {
  DiscardReceipt,
  FactContent,
  HeldCode,
  InboxOptions,
  Notice,
  NoticeApplication,
  NoticeDetail,
  NoticeDiscard,
  NoticeFilter,
  NoticeInput,
  NoticeReceipt,
  NoticeRetry,
  NoticeStanding,
  NoticeStatus,
  NoticeStep,
  NoticeVerification,
  NoticeView,
  Translate,
  TranslatedFact,
  Translation,
} from './inbox/types.ts';
export type {
  BadBillRow,
  BillDifference,
  BillMoney,
  BillRecording,
  MoneyDifference,
  ReconcileOptions,
  UnreadBill,
} from './bill/types.ts';
export type { Actor, EventMetadata, HistoryEvent, Witness } from './history/event.ts';
export type { EventData, EventType, PaymentOrderEvent } from '../machines/payment-order.events.ts';
export { PaymentOrderError } from './errors.ts';
export { minorUnits } from './currency.ts';
export { instantIn } from './local-time.ts';
export type { ErrorCode } from './errors.ts';
export type {
  AppendResult,
  EventPlace,
  EventStore,
  ExpectedRevision,
  OnFollowing,
  Prefix,
  PreparedEvent,
  Reached,
  RecordedEvent,
  StoreExpectations,
} from './event-store/event-store.ts';
export type {
  AttemptEvidence,
  BillAnswer,
  BillEntry,
  BillRequest,
  BillRow,
  BillType,
  CancelGateway,
  CancelOutcome,
  CancelRequest,
  QueryAnswer,
  QueryEvidence,
  QueryRequest,
  RetryWish,
} from './gateway/cancel-gateway.ts';
export type { Runtime } from './runtime.ts';
export { systemRuntime } from './runtime.ts';
export type {
  CheckpointsOptions,
  Firing,
  Recovered,
  RecoverOnceOptions,
  RecoveryOptions,
} from './recovery/options.ts';
export type {
  GatewayStatus,
  LastFiring,
  LeftToOthers,
  RecoveryPhase,
  RecoveryStatus,
  Workload,
} from './recovery/status.ts';
export type { RetryPolicy } from '../machines/payment-order.retry-policy.ts';
export type { FeedOptions } from './history/feed.ts';
export type { Upcastable } from './history/upcast.ts';
export { foldOrder } from './order-index/row.ts';
export { attention } from './order/attention.ts';
export type {
  Attended,
  AttentionReason,
  AttentionThresholds,
  AttentionWhy,
} from './order/attention.ts';
export type {
  AttentionCount,
  AttentionCountOptions,
  FoundOrder,
  FoundOrders,
  IndexProgress,
  OrderRow,
  OrderSearch,
  OrderSort,
  OrderSummary,
  SearchedState,
  UnsettledNotice,
  UnsettledNotices,
  UnsettledNoticesOptions,
  WaitingNotices,
} from './order-index/types.ts';
export type { TransparencyLog } from './tlog/log.ts';
export type {
  CheckpointOptions,
  Cosigner,
  LogFault,
  LogFaultCode,
  LogVerification,
  LogVerificationOptions,
  ProofOptions,
  SignedCheckpoint,
} from './tlog/types.ts';
export { verifyHistories } from './verify-histories.ts';

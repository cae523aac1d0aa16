export type { AfterSending, BeforeSending, SeenCall } from './call-classification.ts';
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
  GatewayWarning,
  OnGatewayWarning,
  QueryAnswer,
  QueryEvidence,
  QueryRequest,
  RetryWish,
} from './cancel-gateway.ts';
export { cancelRules, classify } from './classification.ts';
export type { CancelRule, CancelRuleName, Seen } from './classification.ts';
export { parseGatewayUrl } from './gateway-url.ts';
export type { GatewayUrlOptions } from './gateway-url.ts';
export { openHttpGateway } from './http-gateway.ts';
export type { HttpGatewayOptions } from './http-gateway.ts';
export type { HttpGatewayLimits } from './limits.ts';
export { readPrivateKeyFile } from './private-key-file.ts';
export { loadPrivateKey } from './private-key.ts';
export type { PrivateKeyInput } from './private-key.ts';
export { billRules, classifyBill, classifyQuery, queryRules } from './query-classification.ts';
export type {
  BillRule,
  BillRuleName,
  QueryRule,
  QueryRuleName,
  Reported,
  ReportedBill,
  SeenBill,
  SeenQuery,
} from './query-classification.ts';
export { newNonce, sign, signingString, verify } from './signing.ts';
export type { SignedFields } from './signing.ts';
export type { PrivateKeySource } from './signing-key.ts';

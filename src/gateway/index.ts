export type {
  AttemptEvidence,
  CancelGateway,
  CancelOutcome,
  CancelRequest,
} from './cancel-gateway.ts';
export { cancelRules, classify } from './classification.ts';
export type {
  AfterSending,
  BeforeSending,
  CancelRule,
  CancelRuleName,
  Seen,
} from './classification.ts';
export { parseGatewayUrl } from './gateway-url.ts';
export type { GatewayUrlOptions } from './gateway-url.ts';
export { openHttpGateway } from './http-gateway.ts';
export type { HttpGatewayLimits, HttpGatewayOptions } from './http-gateway.ts';
export { loadPrivateKey, readPrivateKeyFile } from './private-key.ts';
export { newNonce, sign, signingString, verify } from './signing.ts';
export type { SignedFields } from './signing.ts';
export type { GatewayWarning, OnGatewayWarning } from './warning.ts';

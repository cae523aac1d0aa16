export type {
  AttemptEvidence,
  CancelGateway,
  CancelOutcome,
  CancelRequest,
  GatewayWarning,
  OnGatewayWarning,
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
export type { HttpGatewayOptions } from './http-gateway.ts';
export type { HttpGatewayLimits } from './limits.ts';
export { readPrivateKeyFile } from './private-key-file.ts';
export { loadPrivateKey } from './private-key.ts';
export { newNonce, sign, signingString, verify } from './signing.ts';
export type { SignedFields } from './signing.ts';

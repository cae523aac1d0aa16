/**
 * What can be seen of a call, whatever it asks for, and the rule that it falls under.
 *
 * Every call goes the same way: connect, send once, read one answer. So what is lost, refused or
 * unreadable on that way has one table, and each call adds only what its own data can say.
 */

import type { CancelOutcome } from './cancel-gateway.ts';

/** Why no request byte was sent. */
export type BeforeSending = keyof typeof beforeSendingRules;

/** Why no whole answer was read, although the request may have been sent. */
export type AfterSending = 'lost' | 'timeout' | 'malformed' | 'too-large';

/** What a call saw: the phase it reached, and what is known there. `Data` is what it asked for. */
export type SeenCall<Data> =
  | { readonly phase: 'before-sending'; readonly failure: BeforeSending }
  | {
      /** `sent`: no head of an answer arrived; `head`: a head, but not the whole body. */
      readonly phase: 'sent' | 'head';
      readonly failure: AfterSending;
      readonly reusedConnection: boolean;
    }
  | {
      readonly phase: 'answered';
      readonly httpStatus: number;
      readonly body: 'unreadable' | 'not-an-envelope';
    }
  | ({
      readonly phase: 'answered';
      readonly httpStatus: number;
      readonly body: 'envelope';
      readonly responseCode: string;
      /** Whether this request's bytes, nonce included, may have been sent more than once. */
      readonly maybeSentTwice: boolean;
    } & Data);

/** Each rule with what it means for a call that changes something, and with what was seen. */
export const callRules = {
  // Before sending: the call certainly did not run.
  'not-sent': ['not-executed', 'too much time passed before the first byte'],
  'key-unavailable': ['not-executed', 'the function privateKey gave no key to sign with'],
  'no-connection-free': ['not-executed', 'no connection became free within connectMs'],
  'dns-failed': ['not-executed', 'the host name could not be resolved'],
  'connection-refused': ['not-executed', 'nothing listens at the address'],
  'connect-timeout': ['not-executed', 'no connection within connectMs'],
  'connect-failed': ['not-executed', 'no connection for another reason, such as no route'],
  'connection-lost-before-sending': ['not-executed', 'the connection broke before the first byte'],
  'tls-handshake-failed': ['not-executed', 'the TLS handshake failed'],
  'tls-certificate-invalid': ['blocked', 'the certificate is expired, self-signed or untrusted'],
  'tls-host-name-mismatch': ['blocked', 'the certificate is for another host name'],
  // Sent, and no whole answer: it may have run.
  'connection-lost': ['outcome-unknown', 'reset or closed before an answer'],
  'connection-lost-on-reuse': ['outcome-unknown', 'the same, on a reused connection'],
  'answer-timeout': ['outcome-unknown', 'no answer within attemptMs'],
  'body-timeout': ['outcome-unknown', 'the answer was not complete within attemptMs'],
  'answer-truncated': ['outcome-unknown', 'the answer breaks off, or its compressed body does'],
  'answer-malformed': ['outcome-unknown', 'the answer is not valid HTTP'],
  'answer-too-large': ['outcome-unknown', 'over answerBytesMax, as received or unpacked'],
  // A whole answer: its HTTP status.
  'http-5xx': ['outcome-unknown', 'HTTP 5xx, whatever the body says'],
  'http-408': ['outcome-unknown', 'HTTP 408: the server gave up waiting'],
  'success-code-off-200': ['outcome-unknown', '000 with an HTTP status other than 200'],
  'http-redirect': ['blocked', 'HTTP 3xx: not the gateway; redirects are not followed'],
  'http-429': ['not-executed', 'HTTP 429: too many calls'],
  'http-2xx-not-200': ['outcome-unknown', 'a success status that the platform does not use'],
  // Its body.
  'http-4xx-without-envelope': ['blocked', 'HTTP 4xx from something other than the gateway'],
  'answer-unreadable': [
    'outcome-unknown',
    'not UTF-8 JSON, a key twice, or an unknown compression',
  ],
  'answer-not-an-envelope': ['outcome-unknown', 'JSON, but not the shape of an answer'],
  // Its code.
  'parameter-empty': ['blocked', '400: a parameter is empty'],
  'app-id-wrong': ['blocked', '400001: the appId is not right'],
  'call-disabled': ['blocked', '400002: the call is disabled'],
  'signature-refused': ['blocked', '401001: the signature does not verify'],
  'permission-missing': ['blocked', '401002: no permission for this call'],
  'timestamp-refused': ['not-executed', '403001: timestamp ahead or expired; check the clock'],
  'nonce-repeated': ['not-executed', '403002 on a nonce that was sent once'],
  'nonce-maybe-sent-twice': ['outcome-unknown', '403002 on bytes that may have been sent twice'],
  'api-code-unknown': ['blocked', '404001: no such apiCode; never proof of a cancel'],
  'system-error': ['outcome-unknown', '500: the platform failed, perhaps after executing'],
  'business-refused': ['outcome-unknown', '500004: refused by the interface behind the gateway'],
  'business-connect-timeout': ['outcome-unknown', '500005: connecting to it took too long'],
  'business-answer-timeout': ['outcome-unknown', '500006: its answer took too long'],
  'business-format-wrong': ['outcome-unknown', '500007: its answer has a bad format'],
  'business-unanswered': ['outcome-unknown', '500008: it gave no answer'],
  'business-call-failed': ['outcome-unknown', '500009: the call of it failed'],
  'code-unknown': ['outcome-unknown', 'a code that the platform does not document'],
  'no-rule': ['outcome-unknown', 'no other rule matches'],
} as const satisfies Record<string, readonly [CancelOutcome['kind'], string]>;

export type CallRuleName = keyof typeof callRules;

/**
 * The rule of what was seen. Null for HTTP 200 with code 000: there the data decides.
 *
 * Source: the codes are those of the platform's gateway document (ETC运营中台接口文档), those from
 * 500004 on of its newer gateway; what they mean for a call is decided here.
 */
export function callRuleOf(seen: SeenCall<object>): CallRuleName | null {
  switch (seen.phase) {
    case 'before-sending':
      return beforeSendingRules[seen.failure];
    case 'sent':
    case 'head':
      return afterSendingRule(seen);
    case 'answered':
      return statusRule(seen) ?? bodyRule(seen);
  }
}

const beforeSendingRules = {
  'not-allowed': 'not-sent',
  'key-unavailable': 'key-unavailable',
  'no-connection-free': 'no-connection-free',
  'dns-failed': 'dns-failed',
  'connection-refused': 'connection-refused',
  'connect-timeout': 'connect-timeout',
  'connect-failed': 'connect-failed',
  'connection-lost': 'connection-lost-before-sending',
  'tls-handshake-failed': 'tls-handshake-failed',
  'tls-certificate': 'tls-certificate-invalid',
  'tls-host-name': 'tls-host-name-mismatch',
} as const satisfies Record<string, CallRuleName>;

type Unanswered = Extract<SeenCall<object>, { phase: 'sent' | 'head' }>;

function afterSendingRule({ phase, failure, reusedConnection }: Unanswered): CallRuleName {
  switch (failure) {
    case 'timeout':
      return phase === 'sent' ? 'answer-timeout' : 'body-timeout';
    case 'malformed':
      return 'answer-malformed';
    case 'too-large':
      return 'answer-too-large';
    case 'lost':
      if (phase === 'head') return 'answer-truncated';
      // The server may have closed an idle connection, or have read the request: never resend.
      return reusedConnection ? 'connection-lost-on-reuse' : 'connection-lost';
  }
}

type Answered = Extract<SeenCall<object>, { phase: 'answered' }>;

/** Undefined where the body decides: 200, and any other 4xx. */
function statusRule(seen: Answered): CallRuleName | undefined {
  const { httpStatus: status } = seen;
  if (status >= 500 && status <= 599) return 'http-5xx';
  if (status === 408) return 'http-408';
  // Before 'blocked' and 'not executed': a platform that answers 000 may have acted.
  if (status !== 200 && seen.body === 'envelope' && seen.responseCode === '000') {
    return 'success-code-off-200';
  }
  if (status === 200) return undefined;
  if (status >= 201 && status <= 299) return 'http-2xx-not-200';
  if (status >= 300 && status <= 399) return 'http-redirect';
  if (status === 429) return 'http-429';
  return status >= 400 && status <= 499 ? undefined : 'no-rule';
}

function bodyRule(seen: Answered): CallRuleName | null {
  if (seen.body !== 'envelope') {
    if (seen.httpStatus !== 200) return 'http-4xx-without-envelope';
    return seen.body === 'unreadable' ? 'answer-unreadable' : 'answer-not-an-envelope';
  }
  if (seen.responseCode === '000') return null;
  if (seen.responseCode === '403002' && seen.maybeSentTwice) return 'nonce-maybe-sent-twice';
  return codeRules.get(seen.responseCode) ?? 'code-unknown';
}

const codeRules: ReadonlyMap<string, CallRuleName> = new Map([
  ['400', 'parameter-empty'],
  ['400001', 'app-id-wrong'],
  ['400002', 'call-disabled'],
  ['401001', 'signature-refused'],
  ['401002', 'permission-missing'],
  ['403001', 'timestamp-refused'],
  ['403002', 'nonce-repeated'],
  ['404001', 'api-code-unknown'],
  ['500', 'system-error'],
  ['500004', 'business-refused'],
  ['500005', 'business-connect-timeout'],
  ['500006', 'business-answer-timeout'],
  ['500007', 'business-format-wrong'],
  ['500008', 'business-unanswered'],
  ['500009', 'business-call-failed'],
]);

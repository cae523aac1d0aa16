/** The table of what was seen of an attempt, and the outcome that it stands for. */

import type { CancelOutcome } from './cancel-gateway.ts';

/** Why no request byte was sent. */
export type BeforeSending = keyof typeof beforeSendingRules;

/** Why no whole answer was read, although the request may have been sent. */
export type AfterSending = 'lost' | 'timeout' | 'malformed' | 'too-large';

/** What an attempt saw: the phase it reached, and what is known there. */
export type Seen =
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
  | {
      readonly phase: 'answered';
      readonly httpStatus: number;
      readonly body: 'envelope';
      readonly responseCode: string;
      /** `data.cancel_result`; `other` is everything but the two booleans. */
      readonly cancelResult: 'true' | 'false' | 'other';
      /** Whether this request's bytes, nonce included, may have been sent more than once. */
      readonly maybeSentTwice: boolean;
    };

type Kind = CancelOutcome['kind'];

/** One row of the table that classifies attempts. */
export type CancelRule = {
  /** Stable across releases: it is stored with every attempt. */
  readonly rule: string;
  readonly kind: Kind;
  /** What was seen, in English. */
  readonly meaning: string;
};

const rules = {
  // Before sending: the call certainly did not run.
  'not-sent': ['not-executed', 'too much time passed before the first byte'],
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
  // Its code, and its data.
  confirmed: ['confirmed', '200, 000 and cancel_result true'],
  refused: ['refused', '200, 000 and cancel_result false'],
  'cancel-result-unreadable': ['outcome-unknown', '000, but cancel_result is not a boolean'],
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
  'code-unknown': ['outcome-unknown', 'a code that the platform does not document'],
  'no-rule': ['outcome-unknown', 'no other rule matches'],
} as const satisfies Record<string, readonly [Kind, string]>;

export type CancelRuleName = keyof typeof rules;

/**
 * Every rule, in the order in which they are tried: phase, HTTP status, body, code, data.
 *
 * @example
 * const { kind, meaning } = cancelRules.find(({ rule }) => rule === outcome.rule) ?? {};
 */
export const cancelRules: readonly CancelRule[] = Object.entries(rules).map(
  ([rule, [kind, meaning]]) => ({ rule, kind, meaning }),
);

/**
 * Classifies what an attempt saw. Total: what no rule matches is `outcome-unknown`, by `no-rule`.
 *
 * Source: the codes are those of the platform's gateway document (ETC运营中台接口文档) and of its
 * document of the call (支付－取消支付); what they mean for an attempt is decided here.
 */
export function classify(seen: Seen): { readonly kind: Kind; readonly rule: CancelRuleName } {
  const rule = ruleOf(seen);
  return { kind: rules[rule][0], rule };
}

function ruleOf(seen: Seen): CancelRuleName {
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
  'no-connection-free': 'no-connection-free',
  'dns-failed': 'dns-failed',
  'connection-refused': 'connection-refused',
  'connect-timeout': 'connect-timeout',
  'connect-failed': 'connect-failed',
  'connection-lost': 'connection-lost-before-sending',
  'tls-handshake-failed': 'tls-handshake-failed',
  'tls-certificate': 'tls-certificate-invalid',
  'tls-host-name': 'tls-host-name-mismatch',
} as const satisfies Record<string, CancelRuleName>;

type Unanswered = Extract<Seen, { phase: 'sent' | 'head' }>;

function afterSendingRule({ phase, failure, reusedConnection }: Unanswered): CancelRuleName {
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

type Answered = Extract<Seen, { phase: 'answered' }>;

/** Undefined where the body decides: 200, and any other 4xx. */
function statusRule(seen: Answered): CancelRuleName | undefined {
  const { httpStatus: status } = seen;
  if (status >= 500 && status <= 599) return 'http-5xx';
  if (status === 408) return 'http-408';
  // Before 'blocked' and 'not executed': a platform that answers 000 may have cancelled.
  if (status !== 200 && seen.body === 'envelope' && seen.responseCode === '000') {
    return 'success-code-off-200';
  }
  if (status === 200) return undefined;
  if (status >= 201 && status <= 299) return 'http-2xx-not-200';
  if (status >= 300 && status <= 399) return 'http-redirect';
  if (status === 429) return 'http-429';
  return status >= 400 && status <= 499 ? undefined : 'no-rule';
}

function bodyRule(seen: Answered): CancelRuleName {
  if (seen.body !== 'envelope') {
    if (seen.httpStatus !== 200) return 'http-4xx-without-envelope';
    return seen.body === 'unreadable' ? 'answer-unreadable' : 'answer-not-an-envelope';
  }
  if (seen.responseCode === '000') {
    if (seen.cancelResult === 'other') return 'cancel-result-unreadable';
    return seen.cancelResult === 'true' ? 'confirmed' : 'refused';
  }
  if (seen.responseCode === '403002' && seen.maybeSentTwice) return 'nonce-maybe-sent-twice';
  return codeRules.get(seen.responseCode) ?? 'code-unknown';
}

const codeRules: ReadonlyMap<string, CancelRuleName> = new Map([
  ['400', 'parameter-empty'],
  ['400001', 'app-id-wrong'],
  ['400002', 'call-disabled'],
  ['401001', 'signature-refused'],
  ['401002', 'permission-missing'],
  ['403001', 'timestamp-refused'],
  ['403002', 'nonce-repeated'],
  ['404001', 'api-code-unknown'],
  ['500', 'system-error'],
]);

// Every limit of the sandbox stands here; none is infinite.

export const ordersMax = 100_000;
/** Of one order. */
export const refundsMax = 10_000;
/** Requests, and attempts of notices, that a log keeps. */
export const requestsMax = 1000;
export const requestBytesMax = 65_536;
export const connectionsMax = 1000;
/** How long an idle connection is kept, ms. */
export const keepAliveMs = 30_000;

/** How old a timestamp may be by default, ms: the platform's window. */
export const timestampWindowMs = 30_000;
/** How long the platform remembers a nonce, ms. */
export const nonceLifeMs = 60_000;
export const noncesMax = 200_000;

/** Of one step of a fault plan, ms. */
export const delayMsMax = 600_000;
/** Steps of a fault plan for one order. */
export const stepsMax = 1000;
/** The pause after each byte of the fault `slow-bytes`, ms. */
export const slowByteMs = 50;

/** Notices that wait to be acknowledged; further ones are not sent. */
export const noticesWaitingMax = 1000;
/** Attempts to have one notice acknowledged. */
export const noticeAttemptsMax = 20;
/** The wait after the first attempt, ms; it doubles with each further one. */
export const noticeRetryMs = 1_000;
export const noticeRetryMsMax = 3_600_000;
/** How long one attempt may take, ms. */
export const noticeAttemptMs = 10_000;
/** Of the answer to a notice. */
export const noticeAnswerBytesMax = 4_096;

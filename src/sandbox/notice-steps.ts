import { invalidInput } from '../errors.ts';
import { delayMsMax, stepsMax } from './limits.ts';

/** Every way in which the sandbox sends a notice, and what it means. */
export const noticeMeanings = {
  ok: 'at once and unsigned, repeated until it is acknowledged',
  signed: "in the platform's signed format, with the sandbox's key",
  forged: 'in the signed format, with the signature of another content',
  twice: 'again after it was acknowledged',
  'after-next': "after the order's next notice, so out of order",
} as const;

export type NoticeMeaning = keyof typeof noticeMeanings;

/** How one notice is sent. */
export type SandboxNoticeStep = {
  readonly format: 'unsigned' | 'signed' | 'forged';
  /** 0 to 600,000. */
  readonly delayMs: number;
  readonly isTwice: boolean;
  readonly isAfterNext: boolean;
};

export const plainNotice: SandboxNoticeStep = {
  format: 'unsigned',
  delayMs: 0,
  isTwice: false,
  isAfterNext: false,
};

/**
 * Parses how the next notices of an order are sent, one step for each, at most 1000. A step is a
 * name of `noticeMeanings` or `delay:MS` (at most 600,000), or several of them joined by `+`.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `notices`
 * @example parseNoticeSteps(['delay:300+signed', 'twice']);
 */
export function parseNoticeSteps(steps: readonly string[]): SandboxNoticeStep[] {
  // No compiler stops a caller in JavaScript.
  const isList = Array.isArray(steps) && steps.every((step) => typeof step === 'string');
  if (!isList) throw invalid('must be a list of steps');
  if (steps.length > stepsMax) throw invalid(`must have at most ${stepsMax} steps for an order`);
  return steps.map((step) => step.split('+').reduce(withName, plainNotice));
}

function withName(step: SandboxNoticeStep, name: string): SandboxNoticeStep {
  const [, delay] = /^delay:([0-9]{1,6})$/.exec(name) ?? [];
  if (delay !== undefined) {
    if (Number(delay) <= delayMsMax) return { ...step, delayMs: Number(delay) };
    throw invalid(`must have delays of at most ${delayMsMax} ms`);
  }
  switch (name) {
    case 'ok':
      return step;
    case 'signed':
    case 'forged':
      return { ...step, format: name };
    case 'twice':
      return { ...step, isTwice: true };
    case 'after-next':
      return { ...step, isAfterNext: true };
    default: {
      const known = Object.keys(noticeMeanings).join(', ');
      throw invalid(`has an unknown step ${JSON.stringify(name)} (known: ${known}, delay:MS)`);
    }
  }
}

const invalid = (problem: string) => invalidInput('notices', problem);

import type { Runtime } from '../../runtime.ts';
import { faultMeanings } from '../../sandbox/faults.ts';
import type { Sandbox, SandboxRequest } from '../../sandbox/index.ts';

/** The sandbox that answers; null before it is up and after it was closed. */
export type Watched = { readonly runtime: Pick<Runtime, 'setTimer'>; sandbox: Sandbox | null };

const lookEveryMs = 10;

/** What each fault answers that carries a cancel out: the result, or what becomes of it. */
const answerByFault: Readonly<Record<string, (result: boolean) => string>> = {
  ok: (result) => `cancel_result ${result}`,
  'slow-bytes': (result) => `cancel_result ${result}, byte by byte`,
  truncated: (result) => `half of cancel_result ${result}`,
  'wrong-type': (result) => `cancel_result "${result}", as text`,
  'duplicate-delivery': () => 'cancel_result false, of the second delivery',
  'paid-during': () => 'cancel_result false',
  'silent-after': (result) => `no answer; it would have been cancel_result ${result}`,
  'reset-after': (result) => `reset; it would have been cancel_result ${result}`,
};

/**
 * What a request was answered. The sandbox tells of a request before it handles it, after the
 * delay of its plan: the order itself shows when that is, and what came of it.
 */
export async function answerTo(request: SandboxRequest, watched: Watched): Promise<string> {
  const { checked, fault, orderNo } = request;
  if (checked !== 'accepted') return `responseCode ${checked}`;
  if (fault.startsWith('code:')) return `responseCode ${fault.slice('code:'.length)}`;
  const answer = Object.hasOwn(answerByFault, fault) ? answerByFault[fault] : undefined;
  if (answer === undefined || orderNo === undefined) return meaningOf(fault);
  const look = () => watched.sandbox?.order(orderNo);
  const executionsBefore = look()?.executions ?? 0;
  let before = look()?.status;
  for (;;) {
    await new Promise<void>((resolve) => watched.runtime.setTimer(lookEveryMs, resolve));
    const now = look();
    if (now === undefined) return 'no answer yet; the sandbox ends';
    if (now.executions > executionsBefore)
      return answer(before === 'open' && now.status !== 'paid');
    before = now.status;
  }
}

function meaningOf(fault: string): string {
  const meanings: Readonly<Record<string, string>> = faultMeanings;
  return Object.hasOwn(meanings, fault) ? (meanings[fault] ?? fault) : fault;
}

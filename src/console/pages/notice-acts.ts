/** Tries a notice again or discards it, and keeps the receipt. */

import type { Actor } from '../../history/event.ts';
import { compact } from '../../compact.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Inbox } from '../../inbox/inbox.ts';
import type { DiscardReceipt, NoticeDetail, NoticeReceipt } from '../../inbox/types.ts';
import { instantOf } from '../../runtime.ts';
import type { ReceiptEvent } from '../receipts.ts';
import type { Answer, Desk, Visit } from '../types.ts';
import type { NoticeField, Written } from './notice-forms.ts';
import { noticeNotFound, noticeOf, noticePage } from './notice.ts';

type Params = Readonly<Record<string, string>>;
type Act = 'retry' | 'discard';

export function retryNotice(desk: Desk, visit: Visit, params: Params, form: URLSearchParams) {
  return act('retry', desk, visit, params, form);
}

export function discardNotice(desk: Desk, visit: Visit, params: Params, form: URLSearchParams) {
  return act('discard', desk, visit, params, form);
}

async function act(
  name: Act,
  desk: Desk,
  visit: Visit,
  params: Params,
  form: URLSearchParams,
): Promise<Answer> {
  const { actor } = desk;
  const seen = await noticeOf(desk, params['id'] ?? '');
  if (seen === null || actor === null) return noticeNotFound(visit);
  const values = valuesOf(form);
  const ifRevision = Number(form.get('ifRevision'));
  const refuse = (notice: NoticeDetail, written: Omit<Written, 'values'>) =>
    noticePage(desk, visit, notice, { ...written, values });
  if (name === 'discard' && values.reason === '') {
    const problem = visit.words.console.lists.notice.required;
    return refuse(seen, { status: 422, wrong: { field: 'reason', problem } });
  }
  try {
    const box = await translating(desk, seen);
    const receipt =
      name === 'retry'
        ? await box.retry(seen.noticeId, retryOf(values, actor, ifRevision))
        : await box.discard(seen.noticeId, { by: actor.id, reason: values.reason, ifRevision });
    const location = await kept(desk, name, { actor, values, ifRevision, receipt });
    return { location: `${visit.base}${location}` };
  } catch (error) {
    const now = await noticeOf(desk, seen.noticeId);
    const written = now === null ? null : refused(visit, error, ifRevision, now);
    if (now === null || written === null) throw error;
    return refuse(now, written);
  }
}

function valuesOf(form: URLSearchParams): Written['values'] {
  const value = (name: NoticeField) => form.get(name)?.trim() ?? '';
  return { vouchedBy: value('vouchedBy'), orderNo: value('orderNo'), reason: value('reason') };
}

function retryOf({ vouchedBy, orderNo }: Written['values'], { id: by }: Actor, ifRevision: number) {
  const given = (text: string) => (text === '' ? undefined : text);
  return { by, ifRevision, ...compact({ vouchedBy: given(vouchedBy), orderNo: given(orderNo) }) };
}

/**
 * With the platform's translator where the notice has no translation yet. One that another
 * translator made is kept: the console knows the platform's formats alone.
 */
async function translating({ orders }: Desk, { fact }: NoticeDetail): Promise<Inbox> {
  if (fact !== null) return orders.inbox();
  const { platformNotices } = await import('../../platform-notices/index.ts');
  return orders.inbox({ translate: platformNotices() });
}

/** What the operator can do something about; null where the error is none of these. */
function refused(
  { words }: Visit,
  error: unknown,
  ifRevision: number,
  { events }: NoticeDetail,
): Omit<Written, 'values'> | null {
  if (!(error instanceof PaymentOrderError)) return null;
  const { code, field, problem, message, revision } = error;
  if (code === 'revision-moved') {
    const now = revision ?? events.at(-1)?.revision ?? ifRevision;
    return { status: 409, note: words.console.lists.notice.moved(ifRevision, now) };
  }
  if (code !== 'invalid-input') return null;
  const fields: readonly NoticeField[] = ['vouchedBy', 'orderNo', 'reason'];
  const wrong = fields.find((name) => name === field);
  return wrong === undefined
    ? { status: 422, note: words.failure(code, message) }
    : { status: 422, wrong: { field: wrong, problem: problem ?? message } };
}

type Done = {
  readonly actor: Actor;
  readonly values: Written['values'];
  readonly ifRevision: number;
  readonly receipt: NoticeReceipt | DiscardReceipt;
};

/** Reads back what was recorded since the revision that was seen. */
async function kept(
  desk: Desk,
  name: Act,
  { actor, values, ifRevision, receipt }: Done,
): Promise<string> {
  const { receipts, runtime } = desk;
  const { noticeId, kind } = receipt;
  const after = await noticeOf(desk, noticeId);
  const recorded = after?.events.filter(({ revision }) => revision > ifRevision) ?? [];
  const id = runtime.newId();
  receipts.keep({
    id,
    action: name,
    about: { kind: 'notice', noticeId },
    actor,
    at: instantOf(runtime.now()),
    answer: kind,
    code: null,
    events: recorded.map((step) => eventOf(step, actor, values, receipt)),
    order: null,
  });
  return `/receipts/${id}`;
}

/** What the step holds, as far as it is known without the body. */
function eventOf(
  { revision, type, recordedAt, problem }: NoticeDetail['events'][number],
  { id: by }: Actor,
  { vouchedBy, orderNo, reason }: Written['values'],
  { applied, code }: Done['receipt'],
): ReceiptEvent {
  const given = (text: string) => (text === '' ? undefined : text);
  const data: Readonly<Record<string, object>> = {
    NoticeRetried: compact({ by, vouchedBy: given(vouchedBy), orderNo: given(orderNo) }),
    NoticeDiscarded: { by, reason },
    NoticeApplied: applied ?? {},
    NoticeHeld: compact({ code: code ?? undefined, problem }),
  };
  const own = { ...(data[type] ?? compact({ problem })) };
  return { revision, type, recordedAt, hash: null, data: own };
}

import { compact } from '../compact.ts';
import { textOf, bytesOfStored } from './body.ts';
import type { StoredNoticeEvent } from './events.ts';
import { voucherOf } from './notice.ts';
import type { NoticeState } from './notice.ts';
import type { NoticeDetail, NoticeStanding, NoticeStep, NoticeView } from './types.ts';

export function standingOf(state: NoticeState): NoticeStanding {
  const { noticeId, standing, code, translated, operator, applied } = state;
  return {
    noticeId,
    // Whoever asks need not know whether it was looked at already.
    status: standing === 'received' ? 'waiting' : standing,
    code: standing === 'held' ? code : null,
    problem: standing === 'received' ? 'it is not translated yet' : state.problem,
    orderNo: applied?.orderNo ?? operator.orderNo ?? translated?.orderNo ?? null,
    type: translated?.type ?? null,
    vouchedBy: voucherOf(state),
    applied,
  };
}

export function viewOfNotice(state: NoticeState): NoticeView {
  const { standing, receivedAt, delivery, bytes } = state;
  const { contentType, source } = delivery;
  const needsAttention = standing === 'held';
  const about = compact({ receivedAt, contentType, source });
  return { ...standingOf(state), needsAttention, ...about, bytes };
}

export function detailOf(state: NoticeState, events: readonly StoredNoticeEvent[]): NoticeDetail {
  const bytes = bytesOfStored(state.body);
  const text = textOf(bytes);
  return compact({
    ...viewOfNotice(state),
    body: text === null ? { base64: bytes.toString('base64') } : { text },
    isWhole: !state.isCut,
    signature: state.delivery.signature,
    fact: state.translated?.fact ?? null,
    events: events.map(stepOf),
  });
}

function stepOf({ revision, metadata, event }: StoredNoticeEvent): NoticeStep {
  const { recordedAt, actor } = metadata;
  const problem = 'problem' in event ? event.problem : undefined;
  const by = 'by' in event ? event.by : actor?.id;
  return compact({ revision, type: event.type, recordedAt, by, problem });
}

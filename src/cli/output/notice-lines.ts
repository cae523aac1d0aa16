import type {
  DiscardReceipt,
  NoticeDetail,
  NoticeReceipt,
  NoticeStanding,
  NoticeView,
} from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Context } from '../io.ts';
import { personIn } from '../person.ts';
import { typed } from './next-commands.ts';
import { table } from './table.ts';

/** So many digits tell notices apart, and fit into a line. */
const digitsShown = 12;

const base64Columns = 76;

const shortId = ({ noticeId }: NoticeStanding) => noticeId.slice(0, digitsShown);

export function noticeListLines(
  { screen, words }: Context,
  notices: readonly NoticeView[],
): Promise<readonly string[]> {
  const { listHeaders, statuses } = words.inbox;
  const rows = notices.map((notice) => [
    shortId(notice),
    notice.receivedAt,
    screen.paint(notice.needsAttention ? 'red' : 'bold', statuses[notice.status]),
    escapeForTerminal(notice.orderNo ?? '–'),
    notice.type ?? '–',
    whatOf(words, notice),
  ]);
  return table([listHeaders, ...rows], screen.columns);
}

/** Where its fact is, or why it is nowhere. */
function whatOf({ inbox }: Context['words'], notice: NoticeStanding): string {
  const { code, problem, applied, type } = notice;
  if (applied !== null && type !== null) {
    const { kind, orderNo, revision } = applied;
    return kind === 'accepted'
      ? inbox.applied(type, orderNo, revision)
      : inbox.knownBefore(type, orderNo);
  }
  const said = escapeForTerminal(problem ?? '');
  if (code === null) return said;
  // Of itself it says no more than its code.
  return code === 'unvouched' ? inbox.codes[code] : inbox.said(inbox.codes[code], said);
}

export function receiptLines(
  { screen, words }: Context,
  receipt: NoticeReceipt | DiscardReceipt,
): readonly string[] {
  const { answered, statuses } = words.inbox;
  const { kind, status } = receipt;
  const line = answered[kind](shortId(receipt), statuses[status]);
  const isBad = kind === 'rejected' || status === 'held';
  return [screen.paint(isBad ? 'red' : 'green', line), `  ${whatOf(words, receipt)}`];
}

/** What an operator may type next. */
export function nextForNotice(context: Context, notice: NoticeStanding): readonly string[] {
  const id = shortId(notice);
  const show = typed(context, `inbox show ${id}`);
  const { status, code } = notice;
  if (status !== 'held') return [show];
  const who = personIn(context) === null ? '--actor ID ' : '';
  const retry =
    code === 'unvouched' ? [typed(context, `inbox retry ${id} ${who}--vouched-by TEXT`)] : [];
  const again = code === 'refused' ? [typed(context, `inbox retry ${id} ${who}--order ORDER`)] : [];
  return [show, ...retry, ...again, typed(context, `inbox discard ${id} ${who}--reason TEXT`)];
}

export async function noticeLines(
  context: Context,
  notice: NoticeDetail,
): Promise<readonly string[]> {
  const { screen, words } = context;
  const { labels, statuses, nobody, bytes, by } = words.inbox;
  const { source, contentType, signature, fact } = notice;
  const one = (given: string | null | undefined) =>
    given === null || given === undefined ? [] : [escapeForTerminal(given)];
  const status = screen.paint(notice.needsAttention ? 'red' : 'bold', statuses[notice.status]);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [labels.notice, [notice.noticeId]],
    [labels.received, [`${notice.receivedAt}  ${bytes(notice.bytes)}`]],
    [labels.status, [status]],
    [labels.what, [whatOf(words, notice)]],
    [labels.order, one(notice.orderNo)],
    [labels.fact, fact === null ? [] : one(`${notice.type ?? ''} ${JSON.stringify(fact)}`)],
    [labels.vouchedBy, one(notice.vouchedBy ?? nobody)],
    [labels.source, one(source)],
    [labels.contentType, one(contentType)],
    [labels.signature, one(signature)],
    [
      labels.events,
      notice.events.map((step) =>
        [
          ...[String(step.revision), step.recordedAt, step.type],
          ...(step.by === undefined ? [] : [by(escapeForTerminal(step.by))]),
          ...one(step.problem),
        ].join('  '),
      ),
    ],
    // But what is shown already.
    [labels.next, nextForNotice(context, notice).slice(1)],
  ];
  const shown = rows.flatMap(([label, lines]) =>
    lines.map((line, index) => [index === 0 ? label : '', line] as const),
  );
  return [...(await table(shown)), '', ...bodyLines(words, notice)];
}

/** The body, line by line as it came, with nothing in it that a terminal would obey. */
function bodyLines(
  { inbox }: Context['words'],
  { body, isWhole }: NoticeDetail,
): readonly string[] {
  const lines =
    'text' in body
      ? body.text.split(/\r?\n/).map(escapeForTerminal)
      : (body.base64.match(new RegExp(`.{1,${base64Columns}}`, 'g')) ?? []);
  const whole = 'text' in body ? inbox.body : inbox.bodyInBase64;
  const title = isWhole ? whole : inbox.bodyCut;
  return [title, ...lines.map((line) => `  ${line}`)];
}

import type {
  DiscardReceipt,
  HeldCode,
  NoticeDetail,
  NoticeReceipt,
  NoticeStanding,
  NoticeView,
} from '../../index.ts';
import { noticeText, shortNoticeId as shortId } from '../../listing/notice-texts.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Context } from '../io.ts';
import { actorToType, typed } from './next-commands.ts';
import { table } from './table.ts';

const base64Columns = 76;

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

const whatOf = (words: Context['words'], notice: NoticeStanding) =>
  escapeForTerminal(noticeText(words, notice));

export type Answered = NoticeReceipt | DiscardReceipt;

/** @param isArrival - Whether a body was given, and not a notice that is here. */
export function receiptLines(
  { screen, words }: Context,
  receipt: Answered,
  isArrival: boolean,
): readonly string[] {
  const { answered, already, statuses } = words.inbox;
  const { kind, status } = receipt;
  const say = kind === 'duplicate' && !isArrival ? already : answered[kind];
  const line = say(shortId(receipt), statuses[status]);
  const isBad = kind === 'rejected' || status === 'held';
  return [screen.paint(isBad ? 'red' : 'green', line), `  ${whatOf(words, receipt)}`];
}

/** What helps a notice that is held, by the reason; nothing makes a forged one true. */
const helps: Readonly<Record<HeldCode, string | null>> = {
  unvouched: '--vouched-by TEXT',
  refused: '--order ORDER',
  unreadable: '--order ORDER  # or --platform-key FILE',
  forged: null,
};

/** What an operator may type next. */
export function nextForNotice(context: Context, notice: NoticeStanding): readonly string[] {
  const id = shortId(notice);
  const show = typed(context, `inbox show ${id}`);
  const { status, code } = notice;
  if (status !== 'held') return [show];
  const who = whoIn(context);
  const help = code === null ? null : helps[code];
  const retry = help === null ? [] : [typed(context, `inbox retry ${id} ${who}${help}`)];
  return [show, ...retry, typed(context, `inbox discard ${id} ${who}--reason TEXT`)];
}

function whoIn(context: Context): string {
  const who = actorToType(context);
  return who === null ? '' : `${who} `;
}

/** After a command: where it cannot be discarded, its fact can be retracted. */
export function nextForReceipt(context: Context, receipt: Answered): readonly string[] {
  const { kind, applied } = receipt;
  const next = nextForNotice(context, receipt);
  if (kind !== 'rejected' || applied?.kind !== 'accepted') return next;
  const who = whoIn(context);
  const { orderNo, revision } = applied;
  const retract = `retract ${orderNo} ${revision} ${who}--evidence TEXT`;
  return [...next, typed(context, retract)];
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
      ? body.text
          .replace(/\r?\n$/, '')
          .split(/\r?\n/)
          .map(escapeForTerminal)
      : (body.base64.match(new RegExp(`.{1,${base64Columns}}`, 'g')) ?? []);
  const whole = 'text' in body ? inbox.body : inbox.bodyInBase64;
  const title = isWhole ? whole : inbox.bodyCut;
  return [title, ...lines.map((line) => `  ${line}`)];
}

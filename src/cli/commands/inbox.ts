import { compact } from '../../compact.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Inbox, NoticeFilter, NoticeView, PaymentOrders } from '../../index.ts';
import { noticeStatuses } from '../../inbox/input.ts';
import { parseOrderNo } from '../../order/input.ts';
import { sha256 } from '../../text.ts';
import { command, group } from '../command.ts';
import { UsageError, oneOf } from '../input/arguments.ts';
import { contentOf } from '../input/file-content.ts';
import { flag, required, text } from '../input/options.ts';
import { absenceOf, pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFailures, warn } from '../output/failure.ts';
import {
  nextForReceipt,
  noticeLines,
  noticeListLines,
  receiptLines,
} from '../output/notice-lines.ts';
import type { Answered } from '../output/notice-lines.ts';
import { personNamedIn } from '../person.ts';
import { withOrders } from '../session.ts';

const vouchedBy = (what: string) => text('--vouched-by <TEXT>', what);
const platformKey = text(
  '--platform-key <FILE>',
  "the platform's public key: verifies signed notices",
);

/** A larger file is no notice. */
const fileBytesMax = 64 * 1024 * 1024;

export const commands = [
  group('inbox', 'notices as they came: look at them, and help those that are stuck', [
    command('list', {
      about: 'all notices, in the order of their coming',
      options: {
        status: text('--status <STATUS>', noticeStatuses.join(', ')),
        attention: flag('--attention', 'those that are held, so that an operator must look'),
        order: text('--order <ORDER>', 'those about this order'),
        ndjson: flag('--ndjson', 'one JSON document a line'),
      },
      run: (context, { status, attention, order, ndjson }) => {
        const filter: NoticeFilter = {
          status: status === undefined ? undefined : oneOf(status, noticeStatuses, '--status'),
          attention: attention || undefined,
          orderNo: order === undefined ? undefined : parseOrderNo(order),
        };
        return withOrders(context, (orders) => list(context, orders.inbox(), filter, ndjson));
      },
    }),
    command('show <NOTICE>', {
      about: 'a notice with its body; its id may be abbreviated',
      run: (context, _flags, given) =>
        withOrders(context, async (orders) => {
          const notice = await found(context, orders.inbox(), given);
          await context.screen.answer(notice, () => noticeLines(context, notice));
          return exitCodes.ok;
        }),
    }),
    command('retry <NOTICE>', {
      about: 'operator: try a notice again, vouch for it, or lead it to another order',
      options: {
        vouchedBy: vouchedBy('how you know that it is true; recorded with the fact'),
        order: text('--order <ORDER>', 'the order that it is about'),
        platformKey,
      },
      purpose: 'change',
      run: (context, { vouchedBy, order, platformKey: keyFile }, given) => {
        const { id: by } = personNamedIn(context);
        const orderNo = order === undefined ? undefined : parseOrderNo(order);
        return withOrders(context, async (orders) => {
          const { noticeId } = await found(context, orders.inbox(), given);
          const inbox = await translating(context, orders, noticeId, keyFile);
          return answer(context, await inbox.retry(noticeId, compact({ by, vouchedBy, orderNo })));
        });
      },
    }),
    command('discard <NOTICE>', {
      about: 'operator: set a notice aside for good',
      options: { reason: required('--reason <TEXT>', 'why; at most 512 characters') },
      purpose: 'change',
      run: (context, { reason }, given) => {
        const { id: by } = personNamedIn(context);
        return withOrders(context, async (orders) => {
          const { noticeId } = await found(context, orders.inbox(), given);
          const inbox = await translating(context, orders, noticeId);
          return answer(context, await inbox.discard(noticeId, { by, reason }));
        });
      },
    }),
    command('receive <FILE>', {
      about: 'operator: a notice of the platform from a file; you vouch for it and are named',
      options: {
        vouchedBy: vouchedBy('how you know that it is true (default: your name)'),
        source: text('--source <TEXT>', 'where it came from'),
        platformKey,
      },
      purpose: 'create',
      run: (context, { vouchedBy, source = 'command-line', platformKey: keyFile }, file) => {
        const actor = personNamedIn(context);
        const body = contentOf(pathAt(context.io.cwd, file), fileBytesMax);
        return withOrders(context, async (orders) => {
          const inbox = await translating(context, orders, sha256(body), keyFile);
          const input = { body, source, vouchedBy: vouchedBy ?? actor.id, actor };
          return answer(context, await inbox.receive(input), true);
        });
      },
    }),
  ]),
];

/**
 * The inbox, with the platform's translator where the notice has no translation yet. One that
 * another translator made is kept: this command knows the platform's formats alone.
 */
async function translating(
  { io }: Context,
  orders: PaymentOrders,
  noticeId: string,
  keyFile?: string,
): Promise<Inbox> {
  const notice = await orders.inbox().get(noticeId);
  if (notice !== null && notice.fact !== null) return orders.inbox();
  const { platformNotices } = await import('../../platform-notices/index.ts');
  const publicKey =
    keyFile === undefined ? undefined : contentOf(pathAt(io.cwd, keyFile), 65_536).toString();
  return orders.inbox({ translate: platformNotices({ publicKey }) });
}

/** The notice whose id begins with what was typed. */
async function found({ words }: Context, inbox: Inbox, given: string) {
  const ids = given.length === 64 ? [given] : [];
  if (ids.length === 0) {
    for await (const id of inbox.noticeIds(given)) if (ids.push(id) > 1) break;
  }
  if (ids.length > 1) throw new UsageError(words.inbox.several(given));
  const [id] = ids;
  const notice = id === undefined ? null : await inbox.get(id);
  if (notice !== null) return notice;
  const message = 'no notice has an id that begins like this: look for it with "inbox list"';
  throw new PaymentOrderError('notice-not-found', message);
}

async function answer(context: Context, receipt: Answered, isArrival = false): Promise<number> {
  const { screen, words } = context;
  await screen.answer(receipt, () => receiptLines(context, receipt, isArrival));
  if (!screen.json) {
    const next = nextForReceipt(context, receipt);
    if (next.length > 0) screen.talk([words.next, ...next].join('\n  '));
  }
  return receipt.kind === 'rejected' ? exitCodes.rejected : exitCodes.ok;
}

async function list(
  context: Context,
  inbox: Inbox,
  filter: NoticeFilter,
  ndjson: boolean,
): Promise<number> {
  const { screen, settings, words } = context;
  const absence = absenceOf(settings, words);
  if (absence !== null) warn(context, { message: absence });
  const listed: NoticeView[] = [];
  const unreadable: unknown[] = [];
  const onUnreadable = (_noticeId: string, error: unknown) => unreadable.push(error);
  try {
    for await (const notice of inbox.list({ ...filter, onUnreadable })) {
      if (screen.isReaderGone) break;
      if (ndjson) screen.document(notice);
      else listed.push(notice);
    }
  } catch (error) {
    // What was found before the list broke off is still shown.
    unreadable.push(error);
  }
  if (!ndjson && screen.json) screen.document({ notices: listed });
  else if (listed.length > 0) screen.lines(await noticeListLines(context, listed));
  if (unreadable.length > 0) return reportFailures(unreadable, context, settings.storeUrl);
  if (screen.json) return exitCodes.ok;
  const held = listed.filter(({ needsAttention }) => needsAttention).length;
  if (held > 0) screen.talk(words.inbox.attention(held));
  if (listed.length === 0) {
    const isFiltered = Object.values(filter).some((part) => part !== undefined);
    screen.talk(isFiltered ? words.inbox.noneListed : words.inbox.none);
  }
  return exitCodes.ok;
}

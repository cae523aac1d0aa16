import { userInfo } from 'node:os';
import type { PaymentOrders, RecordedEvent, Verification } from '../../index.ts';
import type { RedactionRule } from '../../evidence/redaction-rules.ts';
import { redactionRules } from '../../evidence/redaction-rules.ts';
import { instantOf } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import { momentFrom, oneOf } from '../input/arguments.ts';
import { writeBundle, writeNewFile } from '../input/bundle-directory.ts';
import type { Context } from '../context.ts';
import { exitCodeOfFaults } from '../output/faults.ts';
import { warn } from '../output/failure.ts';
import { escapeForTerminal } from '../../text.ts';
import { existing, withOrders } from '../session.ts';
import { exportFixtures } from './fixtures.ts';
import { pathAt } from '../input/store-path.ts';
import { UsageError } from '../input/usage-error.ts';
import { moduleName, version } from '../version.ts';

export type ExportFlags = {
  readonly html?: string;
  readonly fixtures?: string;
  readonly anonymise?: boolean;
  readonly bundle?: string;
  readonly redact?: readonly string[];
  readonly purpose?: string;
  readonly asOf?: string;
};

/** One HTML file, or a package of evidence with everything in it. */
export function exportOrder(
  context: Context,
  orderNo: string | undefined,
  flags: ExportFlags,
): Promise<number> {
  const { fixtures, anonymise = false } = flags;
  if (fixtures !== undefined) {
    if (orderNo !== undefined) throw new UsageError('--fixtures goes without ORDER');
    return exportFixtures(context, fixtures, anonymise);
  }
  if (anonymise) throw new UsageError('--anonymise goes with --fixtures');
  if (orderNo === undefined) throw new UsageError('say which: give ORDER, or --fixtures DIR');
  const { html, bundle } = flags;
  const rules = (flags.redact ?? []).map((rule) => oneOf(rule, redactionRules, '--redact'));
  if ((html === undefined) === (bundle === undefined)) {
    throw new UsageError('say what: --html FILE or --bundle DIR');
  }
  return withOrders(context, 'read', async (orders) => {
    const events = await eventsUntil(orders, orderNo, flags.asOf);
    const verification = await orders.verify(orderNo);
    if (html === undefined)
      await toBundle(context, bundle ?? '', { events, verification, rules, flags });
    else await toHtml(context, html, events, rules);
    for (const { code, message, stream, revision } of verification.faults) {
      warn(context, { code, message, stream, ...(revision === null ? {} : { revision }) });
    }
    return exitCodeOfFaults(verification.faults);
  });
}

async function eventsUntil(
  orders: PaymentOrders,
  orderNo: string,
  asOf: string | undefined,
): Promise<readonly RecordedEvent[]> {
  const events = await existing(orders, orderNo);
  if (asOf === undefined) return events;
  const then = await orders.getAsOf(orderNo, momentFrom(asOf, false));
  if (then === null) throw new UsageError('the order was not created yet');
  return events.filter(({ revision }) => revision <= then.revision);
}

async function toHtml(
  { io, screen, words }: Context,
  file: string,
  events: readonly RecordedEvent[],
  rules: readonly RedactionRule[],
): Promise<void> {
  const { renderReport } = await import('../../report/report.ts');
  const { redact } = await import('../../evidence/redaction.ts');
  const { events: shown } = redact(events, new Set(rules));
  const generatedAt = instantOf(systemRuntime().now());
  writeNewFile(
    pathAt(io.cwd, file),
    renderReport(shown, { language: words.language, generatedAt }),
  );
  const withheld = shown.filter((event) => event.withheld !== undefined).length;
  if (screen.json) screen.document({ file, events: shown.length, withheld });
  else {
    screen.lines([words.history.written(escapeForTerminal(file), shown.length)]);
    if (withheld > 0) screen.lines([words.history.withheld(withheld)]);
  }
}

async function toBundle(
  { io, screen, settings, words }: Context,
  directory: string,
  what: {
    readonly events: readonly RecordedEvent[];
    readonly verification: Verification;
    readonly rules: readonly RedactionRule[];
    readonly flags: ExportFlags;
  },
): Promise<void> {
  const { bundleOf } = await import('../../evidence/bundle.ts');
  const { manifestIn, sha256Of } = await import('../../evidence/manifest.ts');
  const last = what.events.at(-1)?.revision ?? -1;
  const files = await bundleOf(what.events, {
    exporter: settings.actorGiven ?? userInfo().username,
    purpose: what.flags.purpose,
    exportedAt: instantOf(systemRuntime().now()),
    module: { name: moduleName, version: version() },
    // Faults behind the range are none of the package's.
    faults: what.verification.faults.filter(({ revision }) => (revision ?? 0) <= last),
    redact: what.rules,
  });
  writeBundle(pathAt(io.cwd, directory), files);
  const text = files.get('manifest.json') ?? '';
  const { scope, head, redaction } = manifestIn(text);
  const seal = sha256Of(text);
  if (screen.json) {
    screen.document({ directory, scope, head, redaction, seal, files: [...files.keys()] });
    return;
  }
  const { guessable, withheld } = redaction;
  const said = words.history;
  screen.lines([
    said.written(escapeForTerminal(directory), scope.events),
    ...(withheld.length === 0 ? [] : [said.withheld(withheld.length)]),
    said.seal(seal),
  ]);
  if (guessable.length > 0) screen.talk(words.warning(said.guessable(guessable.join(', '))));
}

import { PaymentOrderError } from '../../errors.ts';
import type { RedactionRule } from '../../evidence/redaction-rules.ts';
import { redactionRules } from '../../evidence/redaction-rules.ts';
import { Anonymiser } from '../../history/anonymise.ts';
import type { Actor, Fault, Moment, PaymentOrders, RecordedEvent } from '../../index.ts';
import { lateAfterMaxMs } from '../../report/report-data.ts';
import { instantOf, systemRuntime } from '../../runtime.ts';
import { escapeForTerminal, sha256 } from '../../text.ts';
import { command } from '../command.ts';
import { momentFrom, oneOf, refuseWithout, UsageError, wholeNumber } from '../input/arguments.ts';
import { writeBundle, writeExport } from '../bundle-directory.ts';
import { noteText } from '../input/file-content.ts';
import { flag, list, text } from '../input/options.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFaults } from '../output/failure.ts';
import { personNamedIn } from '../person.ts';
import type { RawNotices } from '../raw-notices.ts';
import { rawNotices } from '../raw-notices.ts';
import { existing, stopping, withOrders } from '../session.ts';
import { moduleName, version } from '../version.ts';
import { logProof, warnWhereTooFew } from './export-log.ts';

export const commands = [
  command('export [ORDER]', {
    about: 'its history as one HTML file, or as a package of evidence; or all as fixtures',
    options: {
      html: text('--html <FILE>', 'one file that opens without a network'),
      bundle: text(
        '--bundle <DIR>',
        'events, tables, report, diagram and a manifest of their digests',
      ),
      redact: list('--redact <RULES>', 'withhold: reason, actor, card, phone, joined by commas'),
      purpose: text('--purpose <TEXT>', 'with --bundle: why it is made; --actor says who made it'),
      withNotices: flag(
        '--with-notices',
        'with --bundle: also the raw notices by which facts came; they may name payers',
      ),
      asOf: text('--as-of <REV|TIME>', 'only what was recorded by then'),
      checkpoint: text(
        '--checkpoint <FILE>',
        'prove by this checkpoint that the events are in the log (default: the newest that a witness ' +
          'cosigned, else the newest)',
      ),
      trust: text('--trust <FILE>', 'with --html: the keys that the report checks it by'),
      lateAfter: text(
        '--late-after-ms <MS>',
        'with --html: from so long after it occurred a fact is called late (default 60000)',
      ),
      fixtures: text('--fixtures <DIR>', 'without ORDER: every history as a file for tests'),
      anonymise: flag(
        '--anonymise',
        'with --fixtures: other numbers, ids, texts, amounts and days',
      ),
      force: flag(
        '--force',
        'replace the file, or the export that the directory holds; other files are never touched',
      ),
    },
    run: (
      context,
      { html, bundle, redact, purpose, withNotices, asOf, fixtures, anonymise, force, ...more },
      orderNo,
    ) => {
      const { lateAfter, ...log } = more;
      const ofPage = { '--trust': log.trust, '--late-after-ms': lateAfter };
      if (fixtures !== undefined) {
        if (orderNo !== undefined) throw new UsageError('--fixtures goes without ORDER');
        const needsOrder = { '--html': html, '--bundle': bundle, '--purpose': purpose };
        const alsoNeeds = { '--with-notices': withNotices, '--as-of': asOf, '--redact': redact[0] };
        const ofLog = { '--checkpoint': log.checkpoint, ...ofPage };
        refuseWithout('with ORDER', { ...needsOrder, ...alsoNeeds, ...ofLog });
        return exportFixtures(context, fixtures, { isAnonymised: anonymise, force });
      }
      refuseWithout('with --fixtures', { '--anonymise': anonymise });
      if (orderNo === undefined) {
        throw new UsageError('nothing to export: give ORDER, or --fixtures DIR');
      }
      const rules = redact.map((rule) => oneOf(rule, redactionRules, '--redact'));
      if ((html === undefined) === (bundle === undefined)) {
        throw new UsageError('give either --html FILE or --bundle DIR');
      }
      if (bundle === undefined) {
        refuseWithout('with --bundle', { '--purpose': purpose, '--with-notices': withNotices });
      } else refuseWithout('with --html', ofPage);
      if (withNotices && rules.length > 0) {
        throw new UsageError(
          '--with-notices goes without --redact: no rule can alter a raw notice',
        );
      }
      const moment = asOf === undefined ? undefined : momentFrom(asOf, false);
      const lateAfterMs =
        lateAfter === undefined
          ? undefined
          : wholeNumber(lateAfter, 'lateAfterMs', 0, lateAfterMaxMs);
      const kept = keptTexts(context, log);
      const exporter = bundle === undefined ? '' : nameOf(personNamedIn(context));
      return withOrders(context, async (orders) => {
        const events = await eventsUntil(orders, orderNo, moment);
        const { faults } = await orders.verify(orderNo);
        const proof = await logProof(context, orders, { orderNo, events, given: kept.checkpoint });
        const { trust } = kept;
        if (trust !== undefined && proof === null) throw noProof();
        if (trust !== undefined && proof !== null) await warnWhereTooFew(context, proof, trust);
        if (bundle === undefined)
          await toHtml(context, html ?? '', { events, rules, force, proof, trust, lateAfterMs });
        else {
          const notices = withNotices ? await rawNotices(orders, events) : null;
          const what = { exporter, events, faults, rules, purpose, notices, proof, force };
          await toBundle(context, bundle, what);
        }
        return reportFaults(context, faults);
      });
    },
  }),
];

function noProof(): PaymentOrderError {
  const message =
    'no checkpoint covers any of the events, so --trust has nothing to check; sign one with ' +
    'tlog checkpoint';
  return new PaymentOrderError('checkpoint-not-found', message);
}

type KeptTexts = { readonly [Name in 'checkpoint' | 'trust']: string | undefined };

/** Read before the store is opened. */
function keptTexts({ io }: Context, { checkpoint, trust }: KeptTexts): KeptTexts {
  const textOf = (file: string | undefined, name: string) =>
    file === undefined ? undefined : noteText(io.cwd, file, name);
  return {
    checkpoint: textOf(checkpoint, '--checkpoint'),
    trust: textOf(trust, '--trust'),
  };
}

/** An operator is known by the id alone. */
function nameOf({ kind, id }: Actor): string {
  return kind === 'operator' ? id : `${kind}:${id}`;
}

async function eventsUntil(
  orders: PaymentOrders,
  orderNo: string,
  moment: Moment | undefined,
): Promise<readonly RecordedEvent[]> {
  const events = await existing(orders, orderNo);
  if (moment === undefined) return events;
  const then = await orders.getAsOf(orderNo, moment);
  if (then === null) throw new UsageError('the order was not created yet');
  return events.filter(({ revision }) => revision <= then.revision);
}

async function toHtml(
  context: Context,
  file: string,
  {
    events,
    rules,
    force,
    proof,
    trust,
    lateAfterMs,
  }: {
    readonly events: readonly RecordedEvent[];
    readonly rules: readonly RedactionRule[];
    readonly force: boolean;
    readonly proof: string | null;
    readonly trust: string | undefined;
    readonly lateAfterMs: number | undefined;
  },
): Promise<void> {
  const { io, screen, words } = context;
  const { renderReport } = await import('../../report/report.ts');
  const { redact } = await import('../../evidence/redaction.ts');
  const { events: shown } = redact(events, new Set(rules));
  const generatedAt = instantOf(systemRuntime().now());
  // From here on a signal does not end the process in the middle of a file.
  stopping(context);
  const ofLog = proof === null ? {} : { proof, trust };
  const { language } = words;
  const html = renderReport(shown, { language, generatedAt, lateAfterMs, ...ofLog });
  writeExport(pathAt(io.cwd, file), html, force);
  const withheld = shown.filter((event) => event.withheld !== undefined).length;
  await screen.answer({ file, events: shown.length, withheld }, () => [
    words.history.written(escapeForTerminal(file), shown.length),
    ...(withheld > 0 ? [words.history.withheld(withheld)] : []),
    ...(proof === null ? [] : [words.tlog.proofIncluded]),
  ]);
}

async function toBundle(
  context: Context,
  directory: string,
  what: {
    readonly exporter: string;
    readonly events: readonly RecordedEvent[];
    readonly faults: readonly Fault[];
    readonly rules: readonly RedactionRule[];
    readonly purpose: string | undefined;
    /** Null where nobody asked for them. */
    readonly notices: RawNotices | null;
    /** From the log; null where no checkpoint covers any of the events. */
    readonly proof: string | null;
    readonly force: boolean;
  },
): Promise<void> {
  const { io, screen, words } = context;
  const { bundleOf } = await import('../../evidence/bundle.ts');
  const { manifestSchema } = await import('../../evidence/manifest.ts');
  const last = what.events.at(-1)?.revision ?? -1;
  const files = await bundleOf(what.events, {
    exporter: what.exporter,
    purpose: what.purpose,
    exportedAt: instantOf(systemRuntime().now()),
    module: { name: moduleName, version: version() },
    // Faults after the exported range do not concern the package.
    faults: what.faults.filter(({ revision }) => (revision ?? 0) <= last),
    redact: what.rules,
    notices: what.notices?.bodies,
    proofs: what.proof === null ? undefined : [what.proof],
  });
  stopping(context);
  writeBundle(pathAt(io.cwd, directory), files, what.force);
  const text = String(files.get('manifest.json'));
  const { scope, head, redaction } = manifestSchema.parse(JSON.parse(text));
  const seal = sha256(text);
  const { guessable, withheld } = redaction;
  const { history } = words;
  const missing = what.notices?.missing ?? [];
  const answer = { directory, scope, head, redaction, seal, files: [...files.keys()] };
  await screen.answer(what.notices === null ? answer : { ...answer, missing }, () => [
    history.written(escapeForTerminal(directory), scope.events),
    ...(withheld.length === 0 ? [] : [history.withheld(withheld.length)]),
    ...(what.notices === null ? [] : [history.notices(what.notices.bodies.size)]),
    ...(what.proof === null ? [] : [words.tlog.proofIncluded]),
    history.seal(seal),
  ]);
  if (!screen.json && missing.length > 0) {
    screen.talk(words.warning(history.missingNotices(missing.join(', '))));
  }
  if (!screen.json && guessable.length > 0) {
    screen.talk(words.warning(history.guessable(guessable.join(', '))));
  }
}

/** Writes every history of the store into a file of its own, as input of a change gate. */
function exportFixtures(
  context: Context,
  directory: string,
  { isAnonymised, force }: { readonly isAnonymised: boolean; readonly force: boolean },
): Promise<number> {
  const { screen, words } = context;
  return withOrders(context, async (orders) => {
    const anonymiser = new Anonymiser(systemRuntime());
    const files = new Map<string, string>();
    let count = 0;
    for await (const orderNo of orders.orderNumbers()) {
      const recorded = await orders.recordedEvents(orderNo);
      const events = isAnonymised ? anonymiser.history(recorded) : recorded;
      count += events.length;
      const name = String(files.size + 1).padStart(6, '0');
      files.set(`${name}.json`, `${JSON.stringify(events, null, 2)}\n`);
    }
    stopping(context);
    writeBundle(pathAt(context.io.cwd, directory), files, force);
    await screen.answer({ directory, histories: files.size, events: count }, () => [
      words.history.written(escapeForTerminal(directory), count),
    ]);
    return exitCodes.ok;
  });
}

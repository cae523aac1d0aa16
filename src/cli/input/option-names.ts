import { PaymentOrderError } from '../../errors.ts';
import type { Purpose } from '../io.ts';
import type { Given, SettingName } from './settings.ts';
import { sourceOf } from './settings.ts';

/** The option or argument of each field that the library's errors name. */
const optionOf: Readonly<Record<string, string>> = {
  amountMinor: '--amount',
  amount: '--amount',
  currency: '--currency',
  orderNo: 'ORDER',
  processBillNo: '--process-bill-no',
  occurredAt: '--occurred-at',
  localTime: '--occurred-at',
  timeZone: '--time-zone',
  transactionNo: '--transaction-no',
  refundNo: '--refund-no',
  factId: '--fact-id',
  code: '--code',
  message: '--message',
  reason: '--reason',
  note: '--note',
  evidence: '--evidence',
  vouchedBy: '--vouched-by',
  source: '--source',
  noticeId: 'NOTICE',
  prefix: 'NOTICE',
  publicKey: '--platform-key',
  number: 'N',
  commandId: '--command-id',
  correlationId: '--correlation-id',
  askAfterMs: '--ask-after-ms',
  lateAfterMs: '--late-after-ms',
  jobs: '--jobs',
  faults: '--fault',
  directory: '--keys',
  bundle: '--bundle',
  from: '--from',
  to: '--to',
  bill: '--bill',
  adopt: '--adopt',
  file: 'FILE',
  witness: '--witness',
  witnesses: '--witness',
  key: '--key',
  'checkpoints.key': '--checkpoint-key',
  'checkpoints.witnesses': '--witness',
  'checkpoints.trust': '--trust',
  trust: '--trust',
  checkpoint: '--checkpoint',
  leaves: '--leaves',
  state: '--state',
  host: '--host',
  name: '--name',
  old: 'A',
  newer: 'B',
  revision: '--as-of',
  'moment.recordedAt': '--as-of',
  'moment.occurredAt': '--as-of',
};

/** What a problem names that is typed in another way. */
const typedNames: readonly (readonly [name: string, typed: string])[] = [
  ['allowInsecureHttp', '--allow-insecure-http'],
  ['given together with currency', 'given together with --currency'],
  [', or made by instantIn from a local time', ', or local with --time-zone'],
];

/** The setting of each field that an option or a variable gives. */
const settingOf: Readonly<Record<string, SettingName>> = {
  attemptDeadlineMs: 'attemptDeadlineMs',
  conclusiveAfterMs: 'conclusiveAfterMs',
  'limits.attemptMs': 'attemptLimitMs',
  gateway: 'gateway',
  gateways: 'gateways',
  appId: 'appId',
  store: 'store',
  path: 'store',
  url: 'gatewayUrl',
  privateKey: 'privateKeyFile',
  actor: 'actor',
  'actor.kind': 'actor',
  'actor.id': 'actor',
  by: 'actor',
};

/**
 * An error about an input, in the words of the command line; any other error as it is. Only a
 * command that stores its input says that it did not.
 */
export function inOptionNames(
  error: unknown,
  given: Given & { readonly purpose: Purpose },
): unknown {
  if (!(error instanceof PaymentOrderError)) return error;
  const { code, field, problem } = error;
  if (field === undefined || problem === undefined) return error;
  const setting = entry(settingOf, field);
  const name = setting === undefined ? (entry(optionOf, field) ?? field) : sourceOf(setting, given);
  const storesInput = given.purpose !== 'read' && given.purpose !== 'recover';
  const said = typedNames.reduce((text, [name, typed]) => text.replace(name, typed), problem);
  const message = `${name}: ${said}${storesInput ? '; nothing was stored or sent' : ''}`;
  return new PaymentOrderError(code, message, error);
}

function entry<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

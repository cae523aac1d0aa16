import { PaymentOrderError } from '../../errors.ts';
import type { Environment, GlobalFlags } from './settings.ts';

/** How the command line calls what the library's errors name. */
const optionOf: Readonly<Record<string, string>> = {
  amountMinor: '--amount',
  currency: '--currency',
  orderNo: 'ORDER',
  processBillNo: '--process-bill-no',
  occurredAt: '--occurred-at',
  transactionNo: '--transaction-no',
  factId: '--fact-id',
  code: '--code',
  reason: '--reason',
  note: '--note',
  evidence: '--evidence',
  number: 'N',
  commandId: '--command-id',
  correlationId: '--correlation-id',
  actor: '--actor',
  'actor.kind': '--actor',
  'actor.id': '--actor',
  by: '--actor',
  faults: '--fault',
  path: '--store',
  witness: '--witness',
};

/** What may come from a variable, by the field that an error names or by the error's code. */
const settingOf: Readonly<Record<string, readonly [keyof GlobalFlags, string, string]>> = {
  attemptDeadlineMs: ['attemptDeadlineMs', '--attempt-deadline-ms', 'ATTEMPT_DEADLINE_MS'],
  attemptMs: ['attemptLimitMs', '--attempt-limit-ms', 'ATTEMPT_LIMIT_MS'],
  'limits.attemptMs': ['attemptLimitMs', '--attempt-limit-ms', 'ATTEMPT_LIMIT_MS'],
  appId: ['appId', '--app-id', 'GATEWAY_APP_ID'],
  store: ['store', '--store', 'STORE'],
  'invalid-gateway-url': ['gatewayUrl', '--gateway-url', 'GATEWAY_URL'],
  'invalid-private-key': ['privateKeyFile', '--private-key-file', 'GATEWAY_PRIVATE_KEY_FILE'],
};

export type Given = {
  readonly flags: GlobalFlags;
  readonly env: Environment;
  /** False for commands that store nothing of what they are given. */
  readonly storesInput: boolean;
};

/** An error about an input, in the words of the command line; any other as it is. */
export function inOptionNames(error: unknown, given: Given): unknown {
  if (!(error instanceof PaymentOrderError)) return error;
  const { code, field, stream, revision, position, cause } = error;
  const said = withName(error, given);
  const message = given.storesInput ? said : said.replace(/; nothing was stored(?: or sent)?/, '');
  return new PaymentOrderError(code, message, { field, stream, revision, position, cause });
}

function withName({ code, field = '', message }: PaymentOrderError, given: Given): string {
  const setting = entry(settingOf, field) ?? entry(settingOf, code);
  if (setting !== undefined) {
    const name = nameOf(setting, given);
    const [prefix] = [`${field}: `, `gateway ${field} `].filter((p) => message.startsWith(p));
    if (prefix !== undefined) return `${name}: ${message.slice(prefix.length)}`;
    // Options speak for themselves; that a variable is meant must be said.
    return name.startsWith('--') ? message : `${name}: ${message}`;
  }
  const option = entry(optionOf, field);
  if (option === undefined || !message.startsWith(`${field}: `)) return message;
  const problem = message.slice(`${field}: `.length);
  const together = 'amountMinor and currency go together';
  if (problem.startsWith(together))
    return problem.replace('amountMinor', '--amount').replace('currency', '--currency');
  return `${option}: ${problem}`;
}

function nameOf(
  [flag, option, variable]: readonly [keyof GlobalFlags, string, string],
  { flags, env }: Given,
): string {
  const name = `PAYMENT_ORDER_${variable}`;
  return flags[flag] === undefined && env[name] ? name : option;
}

function entry<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

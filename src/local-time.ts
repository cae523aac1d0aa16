/**
 * Local times as channels write them, without a zone. Taking one as UTC, or as the time of this
 * machine, moves a fact by hours, and an hour decides who was first. So the zone must be given.
 */

import { invalidInput } from './errors.ts';
import { instantOf, millisecondsOf } from './runtime.ts';

const forms = [
  /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/,
  /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?$/,
];

/**
 * `Intl` takes more names, and reads CST as Chicago's. A name with a place in it has one meaning.
 */
const unambiguousZone = /^(?:UTC|[+-]\d\d:\d\d|[A-Za-z_]+\/[A-Za-z0-9_+/-]+)$/;

const dayMs = 86_400_000;

/**
 * The instant of a local time in a time zone.
 *
 * @param localTime - `2021-02-22 15:16:00`, with a blank or a T, or `20210222151600`; with or without
 * decimals of the second, of which milliseconds are kept.
 * @param timeZone - IANA name such as `Asia/Shanghai`, `UTC`, or an offset such as `+08:00`.
 * @returns UTC with milliseconds, such as `2021-02-22T07:16:00.000Z`.
 * @throws {PaymentOrderError} `invalid-input`, field `timeZone`; field `localTime` where no such day
 * or time exists from 1970 to 9999, also where the clocks of the zone were put forward over it, and
 * where they showed it twice.
 * @example
 * const occurredAt = instantIn('20210303155105238', 'Asia/Shanghai');
 */
export function instantIn(localTime: string, timeZone: string): string {
  const wallMsAt = clockOf(timeZone);
  const wallMs = wallMsOf(localTime);
  // The offsets of the day before and after: no zone changes its clocks twice in that time.
  const possible = [wallMs - dayMs, wallMs + dayMs].map((ms) => wallMs - (wallMsAt(ms) - ms));
  const [ms, other] = [...new Set(possible)].filter((at) => wallMsAt(at) === wallMs);
  if (ms === undefined) {
    throw invalidInput(
      'localTime',
      'was skipped by the clocks of the zone, which were put forward',
    );
  }
  if (other !== undefined) {
    throw invalidInput('localTime', 'was shown twice by the clocks of the zone; give it in UTC');
  }
  const instant = instantOf(ms);
  if (millisecondsOf(instant) === ms) return instant;
  throw invalidInput('localTime', 'must be from 1970 to 9999');
}

/** The time that a clock shows, as milliseconds since the epoch of a clock in UTC. */
function wallMsOf(localTime: string): number {
  // A caller in JavaScript may give anything.
  const given = typeof localTime === 'string' ? localTime : '';
  const parts = forms.map((form) => form.exec(given)).find((found) => found !== null);
  if (parts === undefined) {
    throw invalidInput(
      'localTime',
      'must be a date and a time without an offset, such as 2021-02-22 15:16:00 or 20210222151600',
    );
  }
  const [, year, month, day, hour, minute, second, fraction = ''] = parts;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`;
  const wallMs = millisecondsOf(text);
  // A day that does not exist is read as none, or as a later one.
  if (instantOf(wallMs) === text) return wallMs;
  throw invalidInput('localTime', 'must be a day and a time that exist, from 1970 to 9999');
}

/** What the clocks of a zone show at an instant. */
function clockOf(timeZone: string): (ms: number) => number {
  const format = formatIn(timeZone);
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const [year, month, day] = [parts.get('year'), parts.get('month'), parts.get('day')];
    const time = ['hour', 'minute', 'second'] as const;
    const shown = time.map((part) => parts.get(part)).join(':');
    const fraction = parts.get('fractionalSecond');
    // With a sign and six digits, also the day after the year 9999 can be read.
    return millisecondsOf(`+${year?.padStart(6, '0')}-${month}-${day}T${shown}.${fraction}Z`);
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const problem =
    'must be an IANA time zone such as Asia/Shanghai, UTC, or an offset such as +08:00';
  if (typeof timeZone !== 'string' || !unambiguousZone.test(timeZone)) {
    throw invalidInput('timeZone', problem);
  }
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
    });
  } catch (error) {
    throw invalidInput('timeZone', problem, { cause: error });
  }
}

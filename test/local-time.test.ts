import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantIn } from '../src/index.ts';
import { hostileText } from '../src/testing/arbitraries.ts';

/** Clocks that were moved in many ways: by half an hour, over a whole day, by 44 min 30 s. */
const zones = [
  ...['UTC', 'Asia/Shanghai', '+08:00', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'],
  ...['Africa/Monrovia', 'Asia/Kathmandu', 'America/Argentina/Buenos_Aires', 'Europe/Dublin'],
];

describe('the instant of a local time', () => {
  test.each([
    ['2021-02-22 15:16:00', 'Asia/Shanghai', '2021-02-22T07:16:00.000Z'],
    ['2021-02-22T15:16:00', 'Asia/Shanghai', '2021-02-22T07:16:00.000Z'],
    ['2021-02-22 15:16:00.5', 'Asia/Shanghai', '2021-02-22T07:16:00.500Z'],
    ['2021-02-22T15:16:00.123456789', '+08:00', '2021-02-22T07:16:00.123Z'],
    ['20210303155105238', 'Asia/Shanghai', '2021-03-03T07:51:05.238Z'],
    ['20210303155105', 'UTC', '2021-03-03T15:51:05.000Z'],
    ['2024-02-29 00:00:00', '-03:30', '2024-02-29T03:30:00.000Z'],
    ['1970-01-01 08:00:00', 'Asia/Shanghai', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999', 'UTC', '9999-12-31T23:59:59.999Z'],
    ['1971-06-01 00:00:00', 'Africa/Monrovia', '1971-06-01T00:44:30.000Z'],
    // China moved its clocks from 1986 to 1991.
    ['1988-07-01 12:00:00', 'Asia/Shanghai', '1988-07-01T03:00:00.000Z'],
    ['2024-03-10 03:00:00', 'America/New_York', '2024-03-10T07:00:00.000Z'],
    ['2024-11-03 02:00:00', 'America/New_York', '2024-11-03T07:00:00.000Z'],
  ])('of %s in %s is %s', (localTime, timeZone, instant) => {
    expect(instantIn(localTime, timeZone)).toBe(instant);
  });

  test('is the instant at which the clocks of the zone showed it', () => {
    const instants = fc.date({
      min: new Date('1970-01-02T00:00:00Z'),
      max: new Date('2099-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (date, timeZone) => {
        // Swedish clocks are written as ISO 8601 has it.
        const localTime = date.toLocaleString('sv-SE', { timeZone });
        const seconds = `${date.toISOString().slice(0, 19)}.000Z`;
        let found: string;
        try {
          found = instantIn(localTime, timeZone);
        } catch (error) {
          expect(error).toMatchObject({ field: 'localTime', problem: /shown twice/ });
          return;
        }
        expect(found, `${localTime} in ${timeZone}`).toBe(seconds);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['2024-02-30 00:00:00', 'UTC'],
    ['2023-02-29 00:00:00', 'UTC'],
    ['2024-13-01 00:00:00', 'UTC'],
    ['2024-00-10 00:00:00', 'UTC'],
    ['2024-01-01 25:00:00', 'UTC'],
    ['2024-01-01 24:00:00', 'UTC'],
    ['2024-01-01 10:60:00', 'UTC'],
    ['2024-01-01 10:00:60', 'UTC'],
    ['20240230101010', 'UTC'],
    ['0000-00-00 00:00:00', 'UTC'],
    ['0001-01-01 00:00:00', 'UTC'],
  ])('is refused for %s, which is no day or time', (localTime, timeZone) => {
    expect(() => instantIn(localTime, timeZone)).toThrow(/^localTime: must be a day and a time/);
  });

  test.each([
    ['2024-03-10 02:30:00', 'America/New_York', 'was skipped'],
    ['1986-05-04 02:30:00', 'Asia/Shanghai', 'was skipped'],
    ['2011-12-30 12:00:00', 'Pacific/Apia', 'was skipped'],
    ['2024-11-03 01:30:00', 'America/New_York', 'was shown twice'],
    ['2024-04-07 01:45:00', 'Australia/Lord_Howe', 'was shown twice'],
    ['1970-01-01 07:59:59', 'Asia/Shanghai', 'must be from 1970 to 9999'],
    ['9999-12-31 23:59:59', 'America/New_York', 'must be from 1970 to 9999'],
  ])('is not guessed for %s in %s', (localTime, timeZone, problem) => {
    expect(() => instantIn(localTime, timeZone)).toThrow(`localTime: ${problem}`);
  });

  test.each([
    ...['', 'now', '2021-02-22', '2021-02-22 15:16', '2021-02-22  15:16:00', '2021-2-2 15:16:00'],
    ...[
      '2021-02-22T15:16:00Z',
      '2021-02-22T15:16:00+08:00',
      '2021/02/22 15:16:00',
      '1613978160000',
    ],
    ...[
      '2021022215160',
      '202102221516001',
      '２０２１０３０３１５５１０５',
      '2021-02-22 15:16:00\n',
    ],
  ])('is refused for the form %j', (localTime) => {
    expect(() => instantIn(localTime, 'Asia/Shanghai')).toThrow(/^localTime: must be a date and a/);
  });

  // CST is China's time to one reader and Chicago's to Intl.
  test.each(['', 'CST', 'EST', 'Z', 'local', 'Asia/Nowhere', '+8', '+25:00', 'Asia/Shanghai\n'])(
    'is refused in the zone %j',
    (timeZone) => {
      expect(() => instantIn('2021-02-22 15:16:00', timeZone)).toThrow(
        expect.objectContaining({ code: 'invalid-input', field: 'timeZone' }),
      );
    },
  );

  test('is refused for hostile text without repeating it', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        expect(() => instantIn(`${text}secret`, 'UTC')).toThrow(/^(?!.*secret)localTime: /s);
        expect(() => instantIn('20210222151600', `${text}secret`)).toThrow(
          /^(?!.*secret)timeZone: /s,
        );
      }),
    );
  });
});

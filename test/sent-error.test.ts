import { expect, test } from 'vitest';
import { PaymentOrderError } from '../src/errors.ts';
import { appendError } from '../src/event-store/sqlite/errors.ts';
import { receivedError, sentError } from '../src/sent-error.ts';
import { resultCode } from '../src/sqlite-errors.ts';

const crossed = (error: PaymentOrderError) => receivedError(structuredClone(sentError(error)));

test('keeps the code and every place of an error that crosses the threads', () => {
  const places = { stream: 's', revision: 3, field: 'f', problem: 'p', position: '9', found: 4 };
  const error = new PaymentOrderError('store-corrupt', 'the message', places);

  const { code, message, cause, ...rest } = crossed(error);

  expect({ code, message, cause }).toEqual({
    code: 'store-corrupt',
    message: 'the message',
    cause: undefined,
  });
  expect(rest).toMatchObject(places);
});

test("keeps SQLite's code of the cause", () => {
  const fields = { code: 'ERR_SQLITE_ERROR', errcode: 778, errstr: 'disk I/O error' };
  const cause = Object.assign(new Error('it failed'), fields);

  const error = crossed(appendError(cause, false));

  expect(error).toMatchObject({ code: 'append-outcome-unknown', cause: fields });
  expect(error.message).toContain('(SQLite 778)');
  expect(resultCode(error.cause)).toBe(778);
});

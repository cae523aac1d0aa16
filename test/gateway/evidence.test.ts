import { describe, expect, it } from 'vitest';
import { answerEvidence } from '../../src/gateway/evidence.ts';

const requestIdOf = (requestId: string) =>
  answerEvidence({ requestId, responseCode: '000' }, 512).requestId;

describe('the requestId kept as evidence', () => {
  it.each([
    ['a UUID', '42dd6c6e-247e-487f-87e8-dd97067b877b'],
    ['a UUID of nothing but digits', '41111111-1111-1111-0000-000000000000'],
    ['a number that fails the check digit', '4111111111111112'],
    ['a number that is too short for a card', '411111111111'],
    ['a number that is too long for a card', 'O20210222151600564862'],
    ['words', 'req-2021-02-22/7'],
  ])('stays as it is where it is %s', (_what, requestId) => {
    expect(requestIdOf(requestId)).toBe(requestId);
  });

  it.each([
    ['alone', '4111111111111111', '[masked]'],
    ['in groups', 'x4111 1111 1111 1111', 'x[masked]'],
    ['behind another number', '20210222-4111111111111111', '[masked]'],
    ['before another number', '4111111111111111-01', '[masked]'],
    ['in full-width digits', '４１１１１１１１１１１１１１１１', '[masked]'],
    ['broken up by what nobody sees', '41111111\u200b11111111', '[masked]'],
  ])('hides a card number %s', (_where, requestId, kept) => {
    expect(requestIdOf(requestId)).toBe(kept);
  });
});

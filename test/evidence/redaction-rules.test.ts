import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import type { RedactionRule } from '../../src/dispute.ts';
import { exemptNames, isMatched, redactionRules } from '../../src/evidence/redaction-rules.ts';
import { chainLinkSchema, metadataSchema } from '../../src/history/event.ts';
import { digestNames, namesToSeal } from '../../src/history/sealed-names.ts';

const every = new Set(redactionRules);

describe('a rule', () => {
  const matches = (rule: RedactionRule, text: string, name = 'note') =>
    isMatched(new Set([rule]), name, text);

  test.each([
    '4111111111111111',
    '4111-1111-1111-1111',
    '４１１１１１１１１１１１１１１１',
    'paid with 4111 1111 1111 1111 today',
    '2026 4111 1111 1111 1111',
    '4111111111111111 12',
    '4111.1111.1111.1111',
    '4111\u00a01111\u20131111  1111',
    '4111\u200b1111\u200b1111\u200b1111',
    '𝟒𝟏𝟏𝟏 1111 1111 1111',
  ])('finds the card number in %s', (text) => {
    expect(matches('card', text)).toBe(true);
  });

  test.each([
    ...['13800138000', '电话+86 138-0013-8000。', '138 0013 8000', '+442071838750'],
    // As people write it: with other marks, grouped otherwise, with a prefix.
    ...['138.0013.8000', '138　0013　8000', '138–0013–8000', '138/0013/8000', '(138)00138000'],
    ...['138  0013  8000', '138\u200b0013\u200b8000', '138 001 38000', '+1.415.555.2671'],
    ...['008613800138000', '0086-138-0013-8000', '013800138000', '（+86）138 0013 8000'],
  ])('finds the phone number in %s', (text) => {
    expect(matches('phone', text)).toBe(true);
  });

  test('keeps other numbers, digests, random ids and what identifies nobody', () => {
    for (const text of [
      '12345',
      '4111111111111112',
      '2026-11-24T10:02:03.004Z',
      '42000023451234567890',
      '128.00 / 17:30 / 2026.11.24',
      'e4a01234-5138-4001-8380-001380012345',
    ]) {
      expect([text, matches('card', text), matches('phone', text)]).toEqual([text, false, false]);
    }
    expect(matches('phone', 'O13800138000', 'orderNo')).toBe(false);
    expect(matches('card', '4111111111111111', 'requestSha256')).toBe(false);
    const digest = `sha256:${'13800138000'.repeat(6).slice(0, 64)}`;
    expect(matches('phone', digest, 'factId')).toBe(false);
    expect(matches('phone', 'sha256: 13800138000', 'message')).toBe(true);
  });

  test('takes no time over a text of many small numbers', () => {
    expect(matches('card', '1 '.repeat(1_024))).toBe(false);
    expect(matches('phone', '+1 ..'.repeat(400))).toBe(false);
  });
});

describe('every text of a stored event', () => {
  /** The names of the texts that a schema takes; a dot leads into an object. */
  function textNames(schema: z.ZodType, path: string): readonly string[] {
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
      return textNames(schema.unwrap() as z.ZodType, path);
    }
    if (schema instanceof z.ZodDefault) return textNames(schema.unwrap() as z.ZodType, path);
    if (schema instanceof z.ZodObject) {
      return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, inner]) =>
        textNames(inner, path === '' ? name : `${path}.${name}`),
      );
    }
    if (schema instanceof z.ZodNumber || schema instanceof z.ZodBoolean) return [];
    if (schema instanceof z.ZodLiteral || schema instanceof z.ZodNull) return [];
    // Anything else may hold text: one that this function does not know is not left out.
    return [path];
  }

  const link = Object.keys(chainLinkSchema.shape);
  const ofData = Object.entries(eventSchemas).flatMap(([type, schema]) =>
    textNames(schema, '').map((name) => [type, 'data', name] as const),
  );
  const ofMetadata = textNames(metadataSchema, '')
    .filter((name) => !link.includes(name.split('.')[0] ?? ''))
    .map((name) => ['metadata', 'metadata', name] as const);

  test.each([...ofData, ...ofMetadata])(
    'is sealed, or stands in the list of what identifies nobody: %s, %s.%s',
    (_, part, name) => {
      const number = '4111111111111111';
      const fields = name === 'actor.id' ? { actor: { kind: 'customer', id: number } } : {};
      const sealed = namesToSeal(part, { [name]: number, ...fields });
      expect(sealed.includes(name)).toBe(!exemptNames.has(name));
      expect(isMatched(every, name, number) || digestNames.has(name)).toBe(!exemptNames.has(name));
    },
  );

  test.each(['gateway', 'timer'])('is sealed where another calls himself %s', (kind) => {
    const id = '13800138000';
    expect(namesToSeal('metadata', { actor: { kind, id } })).toEqual(['actor.id']);
    const named = { kind, id: `${id}/payment.order.cancel` };
    expect(namesToSeal('metadata', { actor: named })).toEqual(['actor.id']);
  });

  test('is among the names above if it is exempt, so that the list holds nothing else', () => {
    const all = new Set([...ofData, ...ofMetadata].map(([, , name]) => name));
    expect([...exemptNames].filter((name) => !all.has(name))).toEqual([]);
  });
});

import { inspect } from 'node:util';
import { expect } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';

/** The error of `run`, checked to hold none of the material. */
export function refusal(run: () => unknown, material: string): PaymentOrderError {
  try {
    run();
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    expect(error.code).toBe('invalid-private-key');
    expect(error.field).toBe('privateKey');
    expect(error.message).toContain(error.problem);
    expect(error.cause).toBeUndefined();
    const everything = inspect(error, { depth: 20, showHidden: true });
    for (const line of material.split('\n').filter((text) => text.length > 16)) {
      if (!line.startsWith('-----')) expect(everything).not.toContain(line.slice(0, 16));
    }
    return error;
  }
  throw new Error('it was accepted');
}

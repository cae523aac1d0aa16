import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { withPalette } from './palette.ts';

/** Three colours, twice in five rows, of which each is filtered in its own way. */
const pixels = [
  [0x102030, 0xffffff],
  [0x102030, 0xffffff],
  [0xffffff, 0x908070],
  [0x908070, 0xffffff],
  [0x102030, 0x102030],
];

describe('a picture with a palette', () => {
  test('shows the same colours, whichever way its rows were filtered', () => {
    const indexed = partsOf(withPalette(picture()));

    const palette = indexed.get('PLTE') ?? Buffer.alloc(0);
    const rows = inflateSync(indexed.get('IDAT') ?? Buffer.alloc(0));
    const shown = pixels.map((_, row) =>
      [0, 1].map((column) => palette.readUIntBE((rows[row * 3 + 1 + column] ?? 0) * 3, 3)),
    );
    expect(shown).toEqual(pixels);
  });

  test('is refused where it is none of a browser', () => {
    expect(() => withPalette(withPalette(picture()))).toThrow('not such a picture');
  });
});

function picture(): Buffer {
  const bytes = pixels.map((row) =>
    row.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]),
  );
  const rows = bytes.map((row, at) => [at, ...row.map((byte, x) => byte - guess(at, bytes, x))]);
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, 5, 8, 2, 0, 0, 0]);
  const packed = deflateSync(Buffer.from(rows.flat()));
  const chunks = [part('IHDR', header), part('IDAT', packed), part('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

/** By the definition of the format: row n has the filter n. */
function guess(filter: number, bytes: readonly (readonly number[])[], x: number): number {
  const [left, up] = [bytes[filter]?.[x - 3] ?? 0, bytes[filter - 1]?.[x] ?? 0];
  const corner = bytes[filter - 1]?.[x - 3] ?? 0;
  const near = [left, up, corner];
  const apart = near.map((value) => Math.abs(left + up - corner - value));
  const paeth = near[apart.indexOf(Math.min(...apart))] ?? 0;
  return [0, left, up, Math.floor((left + up) / 2), paeth][filter] ?? 0;
}

function part(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(body.length);
  typed.copy(whole, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}

function partsOf(png: Buffer): ReadonlyMap<string, Buffer> {
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    parts.set(png.toString('latin1', at + 4, at + 8), body);
  }
  return parts;
}

/**
 * Writes a screenshot with a palette of 256 colours. A page of text has few, so a picture for the
 * guides needs half the bytes, and no library.
 */

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const coloursMax = 256;

/** @param png - As the browser takes it: 8 bits of each colour, not interlaced. */
export function withPalette(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === 'IHDR')?.body;
  if (header?.readUInt16BE(8) !== 0x0802 || header[12] !== 0) throw new Error('not such a picture');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ body }) => body);
  const colours = coloursOf(inflateSync(Buffer.concat(packed)), width, height);

  const palette = mostUsed(colours);
  const nearest = new Map<number, number>();
  const rows = Buffer.alloc((width + 1) * height);
  for (const [index, colour] of colours.entries()) {
    const entry = nearest.get(colour) ?? nearestIn(palette, colour);
    nearest.set(colour, entry);
    rows[index + Math.floor(index / width) + 1] = entry;
  }
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  return Buffer.concat([
    signature,
    chunk('IHDR', indexed),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function* chunksOf(png: Buffer): Generator<{ readonly type: string; readonly body: Buffer }> {
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield {
      type: png.toString('latin1', at + 4, at + 8),
      body: png.subarray(at + 8, at + 8 + length),
    };
    at += length + 12;
  }
}

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(body.length, 0);
  numbers.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([numbers.subarray(0, 4), typed, numbers.subarray(4)]);
}

/** The colour of each pixel, with the filter of each row undone. */
function coloursOf(filtered: Buffer, width: number, height: number): Uint32Array {
  const stride = width * 3;
  const bytes = Buffer.alloc(stride * height);
  const at = (row: number, column: number) =>
    row < 0 || column < 0 ? 0 : (bytes[row * stride + column] ?? 0);
  for (let row = 0; row < height; row += 1) {
    const filter = filtered[row * (stride + 1)] ?? 0;
    for (let column = 0; column < stride; column += 1) {
      const [left, up] = [at(row, column - 3), at(row - 1, column)];
      const guess = guessed(filter, left, up, column < 3 ? 0 : at(row - 1, column - 3));
      bytes[row * stride + column] = (filtered[row * (stride + 1) + 1 + column] ?? 0) + guess;
    }
  }
  return Uint32Array.from({ length: width * height }, (_, pixel) => bytes.readUIntBE(pixel * 3, 3));
}

function guessed(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const far = [left, up, corner].map((near) => Math.abs(left + up - corner - near));
      return [left, up, corner][far.indexOf(Math.min(...far))] ?? 0;
    }
    default:
      return 0;
  }
}

function mostUsed(colours: Uint32Array): readonly number[] {
  const uses = new Map<number, number>();
  for (const colour of colours) uses.set(colour, (uses.get(colour) ?? 0) + 1);
  const sorted = [...uses].toSorted(([, one], [, other]) => other - one);
  return sorted.slice(0, coloursMax).map(([colour]) => colour);
}

function nearestIn(palette: readonly number[], colour: number): number {
  const distances = palette.map((other) =>
    channels(other).reduce((sum, channel, index) => {
      const apart = channel - (channels(colour)[index] ?? 0);
      return sum + apart * apart;
    }, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function channels(colour: number): readonly number[] {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

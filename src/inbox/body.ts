/**
 * The body of a notice: which bytes it is, and how they are kept. The digest of these bytes is the
 * notice's name, so the same body is the same notice however it arrived.
 */

/** Of a larger body only the first part is kept, bytes. */
export const bodyBytesMax = 64 * 1024;

/** Text with many control characters is six times as long in JSON. Then base64 is shorter. */
const jsonBytesMax = 2 * bodyBytesMax;

/** A body as it is stored. */
export type StoredBody = { readonly text: string } | { readonly base64: string };

/** A copy of the bytes: the caller's may change. Text becomes UTF-8. */
export function bytesOf(body: string | Uint8Array): Buffer {
  if (typeof body !== 'string') return Buffer.from(body);
  if (body.isWellFormed()) return Buffer.from(body);
  // UTF-8 has no lone surrogates, and U+FFFD in their place would merge two bodies. As three bytes
  // each they stay apart, and the body counts as what it is, not UTF-8.
  const parts = body.split(/(\p{Cs})/u);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 0 ? Buffer.from(part) : surrogateBytes(part.charCodeAt(0)),
    ),
  );
}

function surrogateBytes(unit: number): Buffer {
  return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
}

/** The bytes as text, exactly; null where they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function storedBody(bytes: Buffer): StoredBody {
  const text = textOf(bytes);
  return text !== null && Buffer.byteLength(JSON.stringify(text)) <= jsonBytesMax
    ? { text }
    : { base64: bytes.toString('base64') };
}

export function bytesOfStored(body: StoredBody): Buffer {
  return 'text' in body ? Buffer.from(body.text) : Buffer.from(body.base64, 'base64');
}

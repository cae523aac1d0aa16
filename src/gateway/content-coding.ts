import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { InputType, ZlibOptions } from 'node:zlib';

type Unpack = (body: InputType, options: ZlibOptions) => unknown;

/** Why a body that was received whole has no content. */
export type Undecodable = 'unreadable' | 'truncated' | 'too-large';

/**
 * Undoes the `content-encoding` of a body that was received whole: gzip, deflate or br, once. We ask
 * for none of them, but a proxy on the way may compress all the same.
 *
 * No more than `bytesMax` bytes are ever unpacked. What does not end with the body is refused: the
 * rest could say the opposite.
 */
export function decoded(
  body: Buffer,
  contentEncoding: string | undefined,
  bytesMax: number,
): Buffer | Undecodable {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const [coding] = codings;
  if (coding === undefined || body.length === 0) return body;
  const unpack = codings.length === 1 ? unpackers.get(coding) : undefined;
  return unpack === undefined ? 'unreadable' : unpacked(unpack(body), body, bytesMax);
}

const unpackers = new Map<string, (body: Buffer) => Unpack>([
  ['gzip', () => gunzipSync],
  ['x-gzip', () => gunzipSync],
  ['br', () => brotliDecompressSync],
  // The standard means zlib's wrapper, which some servers leave out; its first byte tells.
  ['deflate', (body) => (((body[0] ?? 0) & 0x0f) === 8 ? inflateSync : inflateRawSync)],
]);

function unpacked(unpack: Unpack, body: Buffer, bytesMax: number): Buffer | Undecodable {
  try {
    const { buffer, engine } = withInfo(unpack(body, { maxOutputLength: bytesMax, info: true }));
    return engine.bytesWritten === body.length ? buffer : 'unreadable';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    return code === 'Z_BUF_ERROR' ? 'truncated' : 'unreadable';
  }
}

type WithInfo = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/** Node's types do not know that `info` changes the result. */
function withInfo(result: unknown): WithInfo {
  return result as WithInfo;
}

import { z } from 'zod';
import { isFields } from '../history/sealed-names.ts';
import { sha256 } from '../text.ts';
import { redactionRules } from './redaction-rules.ts';

export const bundleFormat = 'payment-order-evidence';
export const bundleFormatVersion = 2;

export const manifestName = 'manifest.json';
export const sumsName = 'SHA256SUMS';
export const eventsName = 'events.ndjson';

/** More than any package has. */
export const filesMax = 1_000;
/** Of all files together. V8 cannot hold a longer text, so no package that we write is larger. */
export const packageBytesMax = 512 * 1024 * 1024;
/** It lists at most some faults and withheld parts for each of 10,000 events. */
export const manifestBytesMax = 16 * 1024 * 1024;
export const sumsBytesMax = 1024 * 1024;

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
const revision = z.int().min(0);
const machine = z.strictObject({ version: z.string().max(64), hash: z.string().max(64) });
const fault = z.strictObject({
  stream: z.string(),
  revision: revision.nullable(),
  code: z.string(),
  message: z.string(),
});

const shape = {
  format: z.literal(bundleFormat),
  /** The only part that differs between two packages of the same range. */
  export: z.strictObject({
    exporter: z.string().max(200),
    purpose: z.string().max(2_000).nullable(),
    exportedAt: z.string().max(40),
  }),
  scope: z.strictObject({
    stream: z.string(),
    orderNo: z.string(),
    fromRevision: revision,
    toRevision: revision,
    events: z.int().min(1),
  }),
  head: z.strictObject({ revision, hash: z.string().max(64) }),
  writtenBy: z.array(z.strictObject({ ...machine.shape, fromRevision: revision })),
  /** The machine of the exporting module, which derived `replay.json` and the diagrams. */
  machine,
  module: z.strictObject({ name: z.string(), version: z.string() }),
  /** The result of verifying the store when the package was exported. */
  verification: z.strictObject({ ok: z.boolean(), faults: z.array(fault) }),
  files: z
    .array(z.strictObject({ name: z.string().max(255), bytes: z.int().min(0), sha256: sha256Text }))
    .max(filesMax),
};

const redaction = {
  rules: z.array(z.enum(redactionRules)),
  /** Revisions whose withheld metadata holds nothing random, so that a guess can be checked. */
  guessable: z.array(revision),
};

export const manifestSchema = z.strictObject({
  ...shape,
  formatVersion: z.literal(bundleFormatVersion),
  redaction: z.strictObject({
    ...redaction,
    withheld: z.array(z.strictObject({ revision, names: z.array(z.string().max(80)).min(1) })),
  }),
});

/** Written by earlier versions, and read for ever. */
const manifestSchema1 = z.strictObject({
  ...shape,
  formatVersion: z.literal(1),
  redaction: z.strictObject({
    ...redaction,
    withheld: z.array(
      z
        .strictObject({ revision, parts: z.array(z.enum(['data', 'metadata'])).min(1) })
        .transform(({ parts, ...where }) => ({ ...where, names: parts })),
    ),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A manifest of any version that this one reads. */
export type AnyManifest = Omit<Manifest, 'formatVersion'> & { readonly formatVersion: 1 | 2 };

/** @param value JSON of a manifest, of whatever version it says that it is */
export function parseManifest(value: unknown): z.ZodSafeParseResult<AnyManifest> {
  const isOld = isFields(value) && value['formatVersion'] === 1;
  return isOld ? manifestSchema1.safeParse(value) : manifestSchema.safeParse(value);
}

/** One thing that is wrong with a package, and where. */
export type BundleFault = {
  readonly file: string;
  /** 0-based revision of the event; null if the fault concerns the whole file. */
  readonly revision: number | null;
  readonly code: string;
  readonly message: string;
};

/** A manifest, or a result for machines, as a file. */
export function jsonFile(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A file's entry in the manifest. */
export function listed(name: string, content: string | Uint8Array): Manifest['files'][number] {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  return { name, bytes, sha256: sha256(content) };
}

/** The digests of all files by name, as `sha256sum --check` reads them. */
export function sumsOf(digests: ReadonlyMap<string, string>): string {
  const lines = [...digests].map(([name, digest]) => `${digest}  ${name}\n`);
  return lines.toSorted((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1)).join('');
}

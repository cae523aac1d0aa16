import { hash } from 'node:crypto';
import { z } from 'zod';
import { redactionRules } from './redaction-rules.ts';

export const bundleFormat = 'payment-order-evidence';
export const bundleFormatVersion = 1;

export const manifestName = 'manifest.json';
export const sumsName = 'SHA256SUMS';
export const eventsName = 'events.ndjson';

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);
const revision = z.int().min(0);
const machine = z.strictObject({ version: z.string().max(64), hash: z.string().max(64) });
const fault = z.strictObject({
  ...{ stream: z.string(), revision: revision.nullable(), code: z.string(), message: z.string() },
});

export const manifestSchema = z.strictObject({
  format: z.literal(bundleFormat),
  formatVersion: z.literal(bundleFormatVersion),
  /** All that differs between two packages of the same range. */
  export: z.strictObject({
    exporter: z.string().max(200),
    purpose: z.string().max(2_000).nullable(),
    exportedAt: z.string().max(40),
  }),
  scope: z.strictObject({
    ...{ stream: z.string(), orderNo: z.string() },
    ...{ fromRevision: revision, toRevision: revision, events: z.int().min(1) },
  }),
  head: z.strictObject({ revision, hash: z.string().max(64) }),
  writtenBy: z.array(z.strictObject({ ...machine.shape, fromRevision: revision })),
  /** The machine of the module that made the package: it drew and derived. */
  machine,
  module: z.strictObject({ name: z.string(), version: z.string() }),
  /** What verification found in the store when it was exported. */
  verification: z.strictObject({ ok: z.boolean(), faults: z.array(fault) }),
  redaction: z.strictObject({
    rules: z.array(z.enum(redactionRules)),
    withheld: z.array(
      z.strictObject({ revision, parts: z.array(z.enum(['data', 'metadata'])).min(1) }),
    ),
    /** Withheld metadata without anything random in it: a guess at it can be checked. */
    guessable: z.array(revision),
  }),
  files: z.array(z.strictObject({ name: z.string(), bytes: z.int().min(0), sha256: sha256Text })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** @throws SyntaxError or ZodError for what is no manifest. */
export function manifestIn(text: string): Manifest {
  return manifestSchema.parse(JSON.parse(text));
}

export function sha256Of(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** A file as a manifest lists it. */
export function listed(name: string, content: string | Uint8Array): Manifest['files'][number] {
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  return { name, bytes, sha256: sha256Of(content) };
}

/** Lines that `sha256sum --check` reads. */
export function sumsOf(files: ReadonlyMap<string, string | Uint8Array>): string {
  const lines = [...files].map(([name, content]) => `${sha256Of(content)}  ${name}\n`);
  return lines.toSorted((one, other) => (one.slice(66) < other.slice(66) ? -1 : 1)).join('');
}

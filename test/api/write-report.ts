import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiReport } from './api-report.ts';
import { emitDeclarations, packageEntries } from './declarations.ts';

// `npm run api` writes the public surface. A release note must mention what its diff shows.
const directory = mkdtempSync(join(tmpdir(), 'payment-order-api-'));
try {
  emitDeclarations(directory);
  const report = apiReport(directory, packageEntries());
  writeFileSync(join(import.meta.dirname, 'public-api.txt'), report);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

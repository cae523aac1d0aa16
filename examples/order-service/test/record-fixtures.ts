import { join } from 'node:path';
import { recordFixtures } from './fixtures.ts';

await recordFixtures(join(import.meta.dirname, 'fixtures', 'version-2'));

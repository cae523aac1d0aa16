import { writeFileSync } from 'node:fs';
import { guides, withDigests } from './verifier-digests.ts';

// `npm run verifier` publishes the digests of the verifier. A release note must mention a new one.
for (const guide of guides) writeFileSync(guide, withDigests(guide));

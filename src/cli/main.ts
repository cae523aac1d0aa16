#!/usr/bin/env node
import { nodeFault } from '../node-version.ts';

// Nothing else is loaded before Node was found new enough: see node-version.ts.
const fault = nodeFault(process.versions.node);
if (fault === null) void import('./process.ts');
else {
  process.stderr.write(`error: ${fault}\n`);
  process.exitCode = 1;
}

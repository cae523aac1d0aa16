import type { Runtime } from '../../runtime.ts';
import { instantOf } from '../../runtime.ts';
import type { Check } from './check.ts';

/** Node and the SQLite inside it, by the rule that the store itself keeps. */
export async function runtimeChecks(): Promise<readonly Check[]> {
  const { node, sqlite = '0' } = process.versions;
  const isNodeFit = await isFit({ node, sqlite: '999' });
  const isSqliteFit = await isFit({ node: '999', sqlite });
  return [
    {
      name: 'node',
      ok: isNodeFit,
      say: (words) => (isNodeFit ? words.versionIs(node) : words.updateNode(node)),
    },
    {
      name: 'sqlite',
      ok: isSqliteFit,
      say: (words) => (isSqliteFit ? words.versionIs(sqlite) : words.updateNode(sqlite)),
    },
  ];
}

async function isFit(versions: { readonly node: string; readonly sqlite: string }) {
  try {
    const { checkRuntime } = await import('../../event-store/sqlite/file.ts');
    checkRuntime(versions);
    return true;
  } catch {
    // An old Node has no SQLite at all.
    return false;
  }
}

const yearsSane = [2024, 2100] as const;

export function clockCheck(runtime: Pick<Runtime, 'now'>): Check {
  const time = instantOf(runtime.now());
  const year = Number(time.slice(0, 4));
  const ok = year >= yearsSane[0] && year < yearsSane[1];
  return {
    name: 'clock',
    ok,
    say: (words) => (ok ? words.clockShows(time) : words.clockIsWrong(time)),
  };
}

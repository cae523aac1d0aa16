import { indexPlaceOf } from '../../open-store.ts';
import type { Settings } from './settings.ts';

/** The file of the order index, beside which workers say how they stand; null for one in memory. */
export function indexFileOf({ storeUrl, index }: Pick<Settings, 'storeUrl' | 'index'>) {
  return indexPlaceOf({ store: storeUrl, index })?.path ?? null;
}

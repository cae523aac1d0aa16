import { describe, expect, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { draftOf, forged } from './draft.ts';
import type { Draft } from './draft.ts';
import { coveredFields, valueAt, withValue } from './hashes.ts';
import type { Fields } from './json.ts';
import { fieldsIn } from './json.ts';
import { lieIn } from './oracle.ts';
import type { Scene } from './scenes.ts';
import { scenes } from './scenes.ts';

const runtime = simulatedRuntime();
const made = await scenes((bytes) => runtime.randomHex(bytes));
const all = made.filter(({ isOurs }) => !isOurs);

const unchecked = ['report.html', 'replay.json', 'diagram.dot', 'diagram.mmd', 'README.txt'];

function lieAfter({ files, truth }: Scene, alter: (draft: Draft) => void): string | null {
  const draft = draftOf(files);
  alter(draft);
  const altered = forged(files, draft, 'digests');
  return lieIn({ files: altered, honest: files, truth, knowsWitness: true, unchecked });
}

describe('the oracle of altered packages', () => {
  test.each(all)('finds nothing untrue in an honest one: $name', (scene) => {
    expect(lieAfter(scene, () => undefined)).toBeNull();
  });

  test.each(all)('finds any value that is not the true one: $name', (scene) => {
    for (const [index, line] of draftOf(scene.files).lines.entries()) {
      for (const part of ['data', 'metadata'] as const) {
        for (const name of Object.keys(fieldsIn(line, part))) {
          const lie = lieAfter(scene, ({ lines }) => {
            const altered: Fields = lines[index] ?? {};
            altered[part] = withValue(fieldsIn(altered, part), name, 'CANARY');
          });
          expect(lie, `${index} ${part}.${name}`).toMatch(`line ${index}: `);
        }
      }
    }
  });

  test.each(all)('finds a value in the place of a withheld one: $name', (scene) => {
    for (const [index, line] of scene.truth.lines.entries()) {
      for (const part of ['data', 'metadata'] as const) {
        const shown = coveredFields(draftOf(scene.files).lines[index] ?? {}, part);
        const withheld = Object.keys(coveredFields(line, part)).filter((name) => !(name in shown));
        for (const name of withheld) {
          const lie = lieAfter(scene, ({ lines }) => {
            const altered: Fields = lines[index] ?? {};
            const value = valueAt(fieldsIn(line, part), name) ?? null;
            altered[part] = withValue(fieldsIn(altered, part), name, value);
          });
          expect(lie, `${index} ${part}.${name}`).toMatch(`line ${index}: `);
        }
      }
    }
  });
});

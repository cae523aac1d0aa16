import type { Bug, Detector } from './bugs.ts';

/** Some 500 alterations. */
const packages: Detector = { by: 'level', level: 'packages', scale: 0.05 };
const chain: Detector = { by: 'tests', files: 'test/history/chain-withheld.test.ts' };
const guessing: Detector = { by: 'tests', files: 'trials/packages/guessing.test.ts' };

/** What a package could show without proving it, or withhold so that it can be guessed. */
export const bugsOfPackages: readonly Bug[] = [
  {
    name: 'a seal does not cover its salt',
    file: 'src/history/sealed.ts',
    from: '{"salt":${JSON.stringify(salt)},"value"',
    to: '{"salt":"","value"',
    detector: chain,
  },
  {
    name: 'a value that is shown may be said to be withheld',
    file: 'src/history/sealed.ts',
    from: 'Object.hasOwn(withheld, name)) isShown = true;',
    to: 'Object.hasOwn(withheld, name)) isShown = false;',
    detector: chain,
  },
  {
    name: 'the link does not cover its format',
    file: 'src/history/chain.ts',
    from: ': { dataHash, format, id, metadataHash, prevHash, revision, stream, type };',
    to: ': { dataHash, id, metadataHash, prevHash, revision, stream, type };',
    detector: packages,
  },
  {
    name: 'a salt may stand there without a value',
    file: 'src/history/sealed.ts',
    from: 'isWhole: used === count',
    to: 'isWhole: true',
    detector: chain,
  },
  {
    name: 'a part of an older event may be withheld by any digest',
    file: 'src/history/chain.ts',
    from: '    if (seal !== expected) return altered;\n',
    to: '',
    detector: packages,
  },
  {
    name: 'an older event may show values of a part that is withheld',
    file: 'src/history/chain.ts',
    from: "return isShown ? 'shown-unproven' : null;",
    to: 'return null;',
    detector: packages,
  },
  {
    name: 'a name may stand twice in a line',
    file: 'src/evidence/event-lines.ts',
    from: 'if (!isAsWritten && !isAsLogged)',
    to: 'if (!isAsWritten && !isAsLogged && number === 0)',
    detector: packages,
  },
  {
    name: 'the manifest may list other marks than the events have',
    file: 'src/evidence/verify-bundle.ts',
    from: 'if (JSON.stringify(redaction.withheld) !== JSON.stringify(events.withheld)) {',
    to: 'if (redaction.withheld.length < 0) {',
    detector: packages,
  },
  {
    name: 'a file that is not listed is not named',
    file: 'src/evidence/read-files.ts',
    from: 'return isToken(name) || provenRevisionIn(name) !== null;',
    to: 'return isToken(name) || provenRevisionIn(name) !== null || true;',
    detector: packages,
  },
  {
    name: 'the other verifier does not compare the hash of an event',
    file: 'src/report/page/chain.js',
    from: 'const isLinked = hash === (await',
    to: 'const isLinked = true || hash === (await',
    detector: { by: 'level', level: 'packages', scale: 0.5 },
  },
  {
    name: 'the other verifier takes a salt without a value',
    file: 'src/report/page/chain.js',
    from: 'return isWhole && areSeals && found ===',
    to: 'return areSeals && found ===',
    detector: { by: 'level', level: 'packages', scale: 0.5 },
  },
  {
    name: 'digests stay where the values are withheld that they cover',
    file: 'src/evidence/redaction.ts',
    from: 'for (const draft of drafts) addTo(draft, isDigest);',
    to: '',
    detector: guessing,
  },
  {
    name: 'a correlation id stays where it protects metadata',
    file: 'src/evidence/redaction.ts',
    from: '  withholdCorrelations(drafts);\n',
    to: '',
    detector: guessing,
  },
  {
    name: 'the salt of data stays where the data is withheld',
    file: 'src/evidence/redaction.ts',
    from: "metadata: without(metadata, new Set(['salt']))",
    to: 'metadata: without(metadata, new Set())',
    detector: guessing,
  },
];

import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**', '.mutation/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // A literal `code` or `kind` in a class is the point of the class.
      '@typescript-eslint/class-literal-property-style': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 70 }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['test/**', 'trials/**', 'examples/*/test/**'],
    rules: {
      // A describe block is a function too; the limit is meant for code.
      'max-lines-per-function': 'off',
      // A table of expectations may end in 'everything else'.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  // What browsers run is JavaScript with types in its comments, and is checked like the rest.
  {
    files: ['src/report/page/**', 'src/console/page/**', 'src/evidence/verifier/**'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.js'],
    ignores: ['src/report/page/**', 'src/console/page/**', 'src/evidence/verifier/**'],
    ...tseslint.configs.disableTypeChecked,
  },
);

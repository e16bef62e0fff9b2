// Type-checked lint; the second half is the import rules of docs/architecture.md, a block for each zone.
import tseslint from 'typescript-eslint';

/** Forbids imports that would turn an arrow of docs/architecture.md around. */
function zone(files, forbidden, globals = []) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: forbidden.map((group) => ({
            group: [group],
            message: 'See docs/architecture.md, "Imports go one way".',
          })),
        },
      ],
      'no-restricted-globals': ['error', ...globals],
    },
  };
}

const dom = ['document', 'window', 'navigator', 'localStorage', 'HTMLElement'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', '.package/', '**/*.{mjs,cjs}', 'test/fixtures/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      // Indexing typed arrays is this project's daily bread; `!` says "the bounds were checked just above".
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/protocol/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./)', message: 'The protocol imports nothing.' }] },
      ],
    },
  },
  zone(
    ['src/host/**', 'src/extension.ts'],
    [
      '**/backend/engine/**',
      '**/backend/model/**',
      '**/backend/server/**',
      '**/backend/interpret/**',
      '**/backend/checkpoint/**',
      '**/backend/tokenizer/**',
      '**/backend/train/**',
      '**/backend/run/**',
      '**/backend/data/**',
      '**/backend/card/**',
      '**/cli/**',
      '**/webview/**',
      'onnxruntime-*',
      '@tensorflow/*',
    ],
    dom,
  ),
  zone(['src/backend/**'], ['vscode', '**/host/**', '**/cli/**', '**/webview/**'], dom),
  zone(['src/cli/**'], ['vscode', '**/host/**', '**/webview/**'], dom),
  zone(['webview/**'], ['vscode', '**/src/host/**', '**/src/backend/**', '**/src/cli/**', 'node:*']),
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'before', 'after'], package: 'node:test' },
          ],
        },
      ],
    },
  },
  { files: ['src/cli/**'], rules: { 'no-console': 'off' } },
);

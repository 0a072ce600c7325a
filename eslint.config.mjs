import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from '@nx/devkit';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

// @nx/enforce-module-boundaries reads the cached project graph, and checks nothing where there is none yet
await createProjectGraphAsync();

const specs = ['**/*.spec.ts'];

/** The layers, lowest first: each may use itself and those below. */
const layers = ['core', 'adapters', 'host', 'nx'];
const depConstraints = [
  ...layers.map((layer, index) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: layers.slice(0, index + 1).map((below) => `layer:${below}`),
  })),
  { sourceTag: 'layer:example', onlyDependOnLibsWithTags: [] },
];

/** What makes a function's answer depend on more than its arguments. */
const impureGlobals = [
  ...['performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['fetch', 'process', 'console', 'crypto', 'Buffer', 'require', '__dirname', '__filename'],
];

/** A file is named for the one thing it holds. */
const fileName = {
  create: (context) => ({
    Program(node) {
      const name = context.filename.split(/[\\/]/).at(-1);
      if (/^(utils?|helpers?|common|misc)\./.test(name) || /[\\/](utils?|helpers?)[\\/]/.test(context.filename)) {
        context.report({ node, message: 'Name the file after the thing that it holds.' });
      }
      if (!/^[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)) {
        context.report({ node, message: 'File names are kebab-case.' });
      }
    },
  }),
};

export default defineConfig(
  {
    ignores: ['**/dist', '**/coverage', '**/tmp', '.nx', '**/.sluice', '**/.taskmaster', 'worktrees'],
  },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: { 'no-undef': 'off' }, // Node's own globals: a test run finds what is missing
  },
  { files: ['**/*.{js,cjs}'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.ts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // what a signal was aborted with is passed on as it is
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true }],
      // ports are plain objects of closures: there is no `this` to lose
      '@typescript-eslint/unbound-method': 'off',
      // an async function without await is how a port's fast implementation looks
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['packages/**'],
    plugins: { sluice: { rules: { 'file-name': fileName } } },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'sluice/file-name': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'examples/**/*.{ts,js,mjs}'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints,
          // a package finds its own process entries by name, wherever its bundle lies
          allowCircularSelfDependency: true,
          // executors load their stage lazily, and a stage its adapters at once
          checkDynamicDependenciesExceptions: ['.*'],
        },
      ],
    },
  },
  {
    files: ['packages/core/src/**/*.ts'],
    ignores: ['packages/core/src/testing/**', 'packages/core/src/zod.ts', ...specs],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: impureGlobals.map((name) => ({
            name,
            message: 'The core is pure: take it as an argument or a port.',
          })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'The core is pure: take a seed as an argument.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\.{1,2}/|node:crypto$)', message: 'The core imports zod, in zod.ts, and nothing else.' },
            {
              regex: '^node:crypto$',
              allowImportNames: ['createHash'],
              message: 'createHash is the only thing of Node in the core.',
            },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportExpression', message: 'The core loads nothing at run time.' },
        {
          selector: [
            'MemberExpression[object.name="Date"]',
            'MemberExpression[property.name="Date"]',
            'CallExpression[callee.name="Date"]',
            'NewExpression[callee.name="Date"][arguments.length!=1]',
            'VariableDeclarator[init.name="Date"]',
          ].join(),
          message: 'The core has no clock: a Date only writes an instant that it was given.',
        },
        {
          selector: 'VariableDeclarator[init.name="Math"], MemberExpression[object.name="Math"][computed=true]',
          message: 'The core is pure: name what is used of Math.',
        },
      ],
    },
  },
  {
    files: ['packages/{adapters,host,nx}/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value="zod"]',
          message: 'Take z from @sluice/core: zod itself takes longer to load than most commands.',
        },
      ],
    },
  },
  {
    files: ['packages/host/src/**/*.ts'],
    ignores: ['packages/host/src/compose.ts', 'packages/host/src/compose-*.ts', ...specs],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@sluice/adapters(?!/(durable|processes)$)(/|$)',
              message:
                'compose.ts and its parts, compose-*.ts, are the only files that name adapters; how files are written and processes told apart are none.',
            },
          ],
        },
      ],
    },
  },
  {
    files: specs,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:timers/promises', 'timers/promises'].map((name) => ({ name, message: 'Poll, do not sleep.' })),
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]',
          message: 'Poll or use the simulated clock, do not sleep.',
        },
      ],
    },
  },
  prettier,
);

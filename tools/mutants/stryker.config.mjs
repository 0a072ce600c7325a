// Changes the code of rollouts and gates in every small way, and looks whether the simulation notices: see
// docs/reliability.md. One process plays each mutant, so that one that never ends holds up nobody else.
export default {
  mutate: ['packages/core/src/{rollout,gates}/**/*.ts', '!**/*.spec.ts'],
  testRunner: 'command',
  buildCommand: 'node tools/build.mjs',
  commandRunner: { command: 'node --max-semi-space-size=64 tools/mutants/play.mjs' },
  concurrency: 2,
  timeoutMS: 20_000,
  // the simulation needs nothing else, and what lies in tmp must not be copied into itself
  ignorePatterns: ['**', '!packages/core/**', '!tools/**', '!tsup.preset.ts', '!tsconfig.base.json', '!package.json'],
  tempDirName: 'tmp/stryker',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { reportTests: false, allowColor: false },
  jsonReporter: { fileName: 'tmp/mutants.json' },
  thresholds: { high: 95, low: 90, break: 90 },
  allowEmpty: true,
};

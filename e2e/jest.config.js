module.exports = {
  ...require('../jest.preset.js'),
  displayName: 'e2e',
  globalSetup: '<rootDir>/support/make-template.ts',
  globalTeardown: '<rootDir>/support/remove-template.ts',
};

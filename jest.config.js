module.exports = {
  projects: ['<rootDir>/{packages,examples}/*/jest.config.js', '<rootDir>/{e2e,docker}/jest.config.js'],
  testTimeout: 30_000, // real processes start slowly where the machine is busy
};

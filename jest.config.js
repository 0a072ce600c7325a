module.exports = { projects: ['<rootDir>/{packages,examples}/*/jest.config.js', '<rootDir>/e2e/jest.config.js'] };

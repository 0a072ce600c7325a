module.exports = { projects: ['<rootDir>/{packages,examples}/*/jest.config.js'] };

/** Some ES modules export themselves to `import` alone, though jest's transform makes them CommonJS. */
module.exports = (path, options) => {
  try {
    return options.defaultResolver(path, options);
  } catch (error) {
    const conditions = (options.conditions ?? []).map((condition) => (condition === 'require' ? 'import' : condition));
    try {
      return options.defaultResolver(path, { ...options, conditions });
    } catch {
      throw error;
    }
  }
};

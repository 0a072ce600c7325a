const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const ts = require('typescript');

/** Workspace imports resolve to sources, by the same table that the compiler uses, so that no test needs a build. */
function moduleNameMapper() {
  const { config } = ts.readConfigFile(join(__dirname, 'tsconfig.base.json'), ts.sys.readFile);
  return Object.fromEntries(
    Object.entries(config.compilerOptions.paths).map(([alias, [target]]) => [
      `^${alias.replace('*', '([^/.]+)')}$`,
      join(__dirname, target.replace('*', '$1')),
    ]),
  );
}

/** Jest loads CommonJS, so dependencies that ship ES modules are transformed like sources. Names, at any depth. */
function esmPackages(modules = join(__dirname, 'node_modules')) {
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((child) => `${name}/${child}`) : [name],
  );
  return names.flatMap((name) => {
    const manifest = join(modules, name, 'package.json');
    if (!existsSync(manifest)) return []; // .bin, .cache
    const nested = esmPackages(join(modules, name, 'node_modules'));
    return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module' ? [name, ...nested] : nested;
  });
}

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  resolver: join(__dirname, 'tools/jest-resolver.cjs'),
  moduleNameMapper: moduleNameMapper(),
  transform: {
    '^.+\\.m?[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          transform: { verbatimModuleSyntax: true },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(?:${esmPackages().join('|')})/)`],
};

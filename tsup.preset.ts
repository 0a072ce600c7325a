import type { Options } from 'tsup';

/**
 * CommonJS, since Nx requires its plugins. Shared chunks keep one copy of every class, so that `instanceof` holds
 * between a package's entry points. What a package lists in `dependencies` stays outside its bundle, what it lists in
 * `devDependencies` (execa, which is an ES module) goes in. Declarations come from `tsc`: see tools/build.mjs.
 */
export const preset: Options = {
  format: ['cjs'],
  target: 'node20',
  splitting: true,
  sourcemap: true,
  silent: true,
  esbuildOptions(options) {
    options.outbase = 'src'; // dist mirrors src, however few entries there are
  },
};

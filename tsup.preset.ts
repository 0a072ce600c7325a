import type { Options } from 'tsup';
import { bundledLicences } from './tools/bundled-licences';

/**
 * CommonJS, since Nx requires its plugins. Shared chunks keep one copy of every class, so that `instanceof` holds
 * between a package's entry points. What a package lists in `dependencies` stays outside its bundle, what it lists in
 * `devDependencies` (execa, which is an ES module) goes in, and zod goes into the core's (ADR 10). Declarations come from
 * `tsc`: see tools/build.mjs.
 */
export const preset: Options = {
  format: ['cjs'],
  target: 'node20',
  splitting: true,
  treeshake: true, // without it tsup turns every `?.` and `??` of the shared chunks into calls, which the router feels
  sourcemap: true,
  silent: true,
  esbuildPlugins: [bundledLicences],
  esbuildOptions(options) {
    options.outbase = 'src'; // dist mirrors src, however few entries there are
  },
};

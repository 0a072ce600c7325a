import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Parts of dockerode that Sluice never calls: engines over SSH, builds by BuildKit's sessions. What they bring (native code, gRPC)
 * would be most of the bundle and of the time to load it. Calling one of them throws.
 */
const parts: readonly { of: RegExp; path: RegExp }[] = [
  { of: /node_modules\/docker-modem\/lib\/modem\.js$/, path: /^\.\/ssh$/ },
  { of: /node_modules\/dockerode\/lib\/docker\.js$/, path: /^\.\/(session|buildkit)$/ },
];

export const leftOut: Plugin = {
  name: 'left-out',
  setup(build) {
    build.onResolve({ filter: /^\.\/(ssh|session|buildkit)$/ }, ({ path, importer }) => {
      const isPart = parts.some((part) => part.of.test(importer) && part.path.test(path));
      return isPart ? { path, namespace: 'left-out' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = () => { throw new Error('${path} of dockerode is not part of this bundle'); };`,
    }));
  },
};

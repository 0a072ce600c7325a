import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset';

export default defineConfig([
  {
    ...preset,
    entry: ['src/index.ts', 'src/bin/sluice.ts', 'src/executors/*/executor.ts', 'src/generators/*/generator.ts'],
    // executors.json and generators.json name each schema beside its code
    async onSuccess() {
      const schemas = (await readdir('src', { recursive: true })).filter((path) => path.endsWith('/schema.json'));
      await Promise.all(schemas.map((path) => cp(join('src', path), join('dist', path))));
    },
  },
  {
    ...preset,
    // what `sluice hook` loads one after the other, each bundled from sources without what it does not use (ADR 10)
    entry: ['src/cli/activation/{hook-bin,hook,find-active}.ts'],
    outDir: 'dist/hook',
    noExternal: [/^@sluice\//, 'zod', 'croner'],
    external: ['./hook', './find-active'],
    splitting: false,
    minify: true,
    sourcemap: false,
    esbuildOptions(options, context) {
      preset.esbuildOptions?.(options, context);
      options.supported = { 'dynamic-import': false }; // Node's loader of ES modules takes long
    },
  },
]);

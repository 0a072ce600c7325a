import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset';

export default defineConfig({
  ...preset,
  entry: ['src/index.ts', 'src/bin/*.ts', 'src/executors/*/executor.ts', 'src/generators/*/generator.ts'],
  // executors.json and generators.json name each schema beside its code
  async onSuccess() {
    const schemas = (await readdir('src', { recursive: true })).filter((path) => path.endsWith('/schema.json'));
    await Promise.all(schemas.map((path) => cp(join('src', path), join('dist', path))));
  },
});

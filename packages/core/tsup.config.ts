import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset';

export default defineConfig({
  ...preset,
  entry: ['src/index.ts', 'src/pipeline.ts', 'src/testing/index.ts'],
  noExternal: ['zod'], // see docs/adr/0010-what-a-command-loads.md
});

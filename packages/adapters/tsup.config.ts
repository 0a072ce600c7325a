import { defineConfig } from 'tsup';
import { leftOut } from '../../tools/left-out';
import { preset } from '../../tsup.preset';

export default defineConfig({
  ...preset,
  entry: ['src/*/index.ts'],
  esbuildPlugins: [...(preset.esbuildPlugins ?? []), leftOut],
});

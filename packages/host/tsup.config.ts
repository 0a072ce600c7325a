import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset';

export default defineConfig({ ...preset, entry: ['src/client.ts', 'src/trial.ts', 'src/*/main.ts'] });

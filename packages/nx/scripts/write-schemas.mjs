// Writes executors.json, sluice.schema.json and every executor's schema.json: node packages/nx/scripts/write-schemas.mjs
// src/schemas.spec.ts fails where they are not what this would write.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { bundle } from './bundle.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const bundled = join(folder, 'tmp', 'schemas');

await bundle('src/schemas.ts', bundled);
const { generatedFiles } = createRequire(import.meta.url)(join(bundled, 'schemas.js'));
await rm(bundled, { recursive: true });

for (const [path, content] of Object.entries(generatedFiles())) {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await format(JSON.stringify(content), { ...(await resolveConfig(file)), filepath: file }));
}

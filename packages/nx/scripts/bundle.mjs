// node bundle.mjs SOURCE FOLDER: bundles a source of this package with all of @sluice/* and zod into FOLDER, so that
// nothing has to be built first.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const folder = fileURLToPath(new URL('..', import.meta.url));

export const bundle = (source, into) =>
  build({
    config: false,
    silent: true,
    entry: [join(folder, source)],
    tsconfig: join(folder, '../../tsconfig.base.json'),
    outDir: into,
    noExternal: [/^@sluice\//, 'zod'],
    external: ['nx', /^@nx\//],
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(process.argv[2], process.argv[3]);

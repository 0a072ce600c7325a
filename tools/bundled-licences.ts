import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Writes the licences of what a package's bundle holds of others beside it, as these licences ask. */
export const bundledLicences: Plugin = {
  name: 'bundled-licences',
  setup(build) {
    const { absWorkingDir = process.cwd(), outdir = 'dist' } = build.initialOptions;
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const inputs = Object.values(metafile?.outputs ?? {}).flatMap((output) => Object.keys(output.inputs));
      const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
      if (!folders.size) return;
      const texts = [...folders].sort().map((folder) => licenceOf(join(absWorkingDir, folder)));
      mkdirSync(join(absWorkingDir, outdir), { recursive: true });
      writeFileSync(join(absWorkingDir, outdir, 'THIRD-PARTY-LICENSES'), texts.join(`\n${'-'.repeat(80)}\n\n`));
    });
  },
};

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const name = folder.replace(/^.*node_modules\//, '');
  if (file === undefined) return statedLicenceOf(folder, name);
  return `${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}

/** Some packages state a licence without its text. */
function statedLicenceOf(folder: string, name: string): string {
  const stated = /"license":\s*"([^"]+)"/.exec(readFileSync(join(folder, 'package.json'), 'utf8'))?.[1];
  if (stated === undefined) throw new Error(`${folder} states no licence`);
  return `${name}\n\nIts package.json states the licence ${stated}; it holds no text of it.\n`;
}

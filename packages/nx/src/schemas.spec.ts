import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json';
import { meantFor } from './hooks/remedy';
import { actOptions } from './options';
import { generatedFiles } from './schemas';

const read = (path: string): unknown => JSON.parse(readFileSync(join(__dirname, '..', path), 'utf8'));

describe('the files that Nx and editors read', () => {
  it.each(Object.entries(generatedFiles()))(
    '%s is what its source says (node packages/nx/scripts/write-schemas.mjs writes it)',
    (path, content) => {
      expect(read(path)).toEqual(JSON.parse(JSON.stringify(content)));
    },
  );

  it('let stages take no option', () => {
    expect(read('src/executors/production/schema.json')).toMatchObject({ properties: {}, additionalProperties: false });
  });

  it('go into the package', () => {
    const { exports, executors } = packageJson;

    expect(executors).toBe('./executors.json');
    expect(packageJson.files).toEqual(expect.arrayContaining(['dist', 'executors.json', 'sluice.schema.json']));
    expect(exports).toMatchObject({
      './executors.json': './executors.json',
      './sluice.schema.json': './sluice.schema.json',
    });
  });

  it.each(Object.entries(meantFor).filter(([option]) => option !== 'dryRun'))(
    'know the option %s where the hook sends it',
    (option, { act, text }) => {
      const written = [...text.matchAll(/--(\w+)/g)].map(([, name]) => name);

      expect(written).toContain(option);
      expect(Object.keys(actOptions[act].shape)).toEqual(expect.arrayContaining(written));
    },
  );
});

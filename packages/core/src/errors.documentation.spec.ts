import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from './error-catalogue';

/** Codes are literals in the sources of all packages, so they are looked for there. */
const packages = join(__dirname, '../..');
const sources = readdirSync(packages)
  .flatMap((name) => filesIn(join(packages, name, 'src')))
  .map((file) => readFileSync(file, 'utf8'));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => join(folder, file));
}

const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, code = '']) => code);

const made = sources.flatMap((text) => found(text, /new SluiceError\(\s*'([A-Z_]+)'/g));

const documented = found(readFileSync(join(packages, '../docs/errors.md'), 'utf8'), /`([A-Z]+(?:_[A-Z]+)+|INTERNAL)`/g);

describe('the catalogue', () => {
  it('holds every code: none is made beside it', () => {
    expect(made).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  it.each(Object.keys(catalogue))('lists %s', (code) => {
    expect(documented).toContain(code);
  });

  it.each([...new Set(documented)].sort())('lists %s, which the sources know', (code) => {
    expect(sources.some((text) => new RegExp(`\\b${code}\\b`).test(text))).toBe(true);
  });
});

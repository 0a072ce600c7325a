import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from '../zod';
import { parseConfig } from './parse';
import { fileSchema } from './schema';

const text = readFileSync(join(__dirname, '../../../../docs/configuration.md'), 'utf8');

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  default?: unknown;
  description?: string;
}

interface Key {
  path: string;
  required: boolean;
  isObject: boolean;
  schema: JsonSchema;
}

/** Every key by its path: `canary.hard.for`, `services[].url`. */
function keysOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): Key[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name;
    const own = { path, required: required.includes(name), isObject: schema.properties !== undefined, schema };
    return [own, ...keysOf(schema, `${path}.`), ...keysOf(schema.items ?? {}, `${path}[].`)];
  });
}

const keys = keysOf(z.toJSONSchema(fileSchema, { io: 'input' }) as JsonSchema);

/** As the documentation writes it: what two places have in common is written once. */
const written = (path: string): string =>
  path
    .replace(/^environments\.(staging|production)\./, 'environments.*.')
    .replace(/^(canary\.mannWhitney\.metrics)\.p\d+\.groups$/, '$1.p*.groups')
    .replace(/^(canary\.mannWhitney\.metrics)\.(errors|p\d+)\.(?!groups)/, '$1.*.')
    .replace(/^canary\.synthetic\.requests\[\]\./, 'load.scenarios[].');

/** The cells of the tables by their key. */
const rows = new Map(
  [...text.matchAll(/^\| `([^`]+)` +\|(.+)\|$/gm)].map(([, key = '', rest = '']) => [
    key,
    rest.split(/(?<!\\)\|/).map((cell) => cell.trim()),
  ]),
);

describe('docs/configuration.md', () => {
  it.each(keys)('names $path', ({ path }) => {
    expect(text).toContain(`\`${written(path)}\``);
  });

  it.each(keys.filter(({ isObject }) => !isObject))('has the default of $path right', (key) => {
    const [, cell = ''] = rows.get(written(key.path)) ?? [];
    const stated = /^`(.*)`$/.exec(cell)?.[1]?.replaceAll('\\|', '|');
    expect(stated === undefined ? undefined : JSON.parse(stated)).toEqual(key.schema.default);
    expect(cell === 'required').toBe(key.required);
  });

  it('names no key that there is not', () => {
    const known = keys.map(({ path }) => written(path));
    expect([...rows.keys()].filter((key) => !known.includes(key))).toEqual([]);
  });

  it('has examples that are valid: the first alone, the others beside it', () => {
    const examples = [...text.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']) => JSON.parse(json) as object);
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) {
      const whole = JSON.stringify({ ...examples[0], ...example });
      expect(() => parseConfig(whole, 'sluice.json')).not.toThrow();
    }
  });
});

describe('the schema of sluice.json', () => {
  it.each(keys)('says what $path is', ({ schema }) => {
    expect(schema.description).toMatch(/\.$/);
  });
});

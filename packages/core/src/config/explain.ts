import type * as z from '../zod';
import { nearest } from './nearest';
import { fileSchema } from './schema';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One line a problem: path, what was expected, what was found, and the nearest known key. */
export function explain(issue: z.core.$ZodIssue, written: Json, prefix: readonly string[]): string[] {
  const path = [...prefix, ...issue.path];
  const where = pathOf(path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = nearest(key, knownKeys(path));
      return `${pathOf([...path, key])}: is not a known key${near ? `; did you mean "${near}"?` : ''}`;
    });
  }
  if (issue.code === 'invalid_key')
    return [`${where}: expected ${issue.issues[0]?.message ?? 'another name'}, found "${String(path.at(-1))}"`];
  return [`${where}: expected ${wantedBy(issue)}, found ${describe(valueAt(written, path))}`];
}

/** What a value should be: the schema's own words where it has some, for it says better than zod what it wants. */
function wantedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isOwnWords(issue) ? issue.message : (kinds[issue.expected] ?? issue.expected);
    case 'too_big':
      return limitOf(issue.origin, issue.inclusive === false ? 'below' : 'of at most', issue.maximum);
    case 'too_small':
      return limitOf(issue.origin, issue.inclusive === false ? 'above' : 'of at least', issue.minimum);
    case 'invalid_value': {
      const values = issue.values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
      return values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
    }
    default:
      return issue.message;
  }
}

const isOwnWords = ({ message }: z.core.$ZodIssue): boolean => !message.startsWith('Invalid input');

const kinds: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const counted: Record<string, string> = { array: 'item', string: 'character' };

function limitOf(origin: string, bound: string, limit: number | bigint): string {
  const unit = counted[origin];
  if (unit === undefined) return `a number ${bound} ${limit}`;
  return `${kinds[origin] ?? origin} ${bound} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`;
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at ? '.' : ''}${String(part)}`)).join('');

function valueAt(value: Json, path: readonly PropertyKey[]): Json | undefined {
  let current: Json | undefined = value;
  for (const part of path) {
    if (Array.isArray(current) && typeof part === 'number') current = current[part];
    else if (isObject(current) && typeof part === 'string') current = current[part];
    else return undefined;
  }
  return current;
}

export const describe = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);

/** The keys that the schema knows at a path, through defaults and optionals. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = fileSchema;
  for (const part of path) schema = memberOf(schema, part);
  return Object.keys(shapeOf(schema) ?? {});
}

const memberOf = (schema: unknown, part: PropertyKey): unknown => {
  const inner = unwrap(schema);
  if (typeof part === 'number') return hasDef(inner) ? inner.def['element'] : undefined;
  return shapeOf(inner)?.[String(part)];
};

const shapeOf = (schema: unknown): Record<string, unknown> | null => {
  const inner = unwrap(schema);
  const shape = hasDef(inner) ? inner.def['shape'] : undefined;
  return typeof shape === 'object' && shape !== null ? { ...shape } : null;
};

const unwrap = (schema: unknown): unknown => {
  if (!hasDef(schema)) return schema;
  const inner = schema.def['innerType'] ?? schema.def['in'];
  return inner === undefined ? schema : unwrap(inner);
};

const hasDef = (schema: unknown): schema is { def: Record<string, unknown> } =>
  typeof schema === 'object' &&
  schema !== null &&
  'def' in schema &&
  typeof schema.def === 'object' &&
  schema.def !== null;

import { z } from 'zod';
import { sluiceError } from '../errors';
import { nearest } from './nearest';
import { rules } from './rules';
import { configSchema, fileSchema, type Config } from './schema';

/** Variants that every project has without writing them down; a project's own of the same name replaces it. */
const builtIn: Record<string, Json> = { immediate: { production: { steps: [100] } } };

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Reads the text of a `sluice.json` with the named variant merged in. Throws `CONFIG_INVALID` with every problem at
 * once, each with its path and what was expected, or `CONFIGURATION_UNKNOWN`. A variant's problems are those that the
 * file without it does not have.
 */
export function parseConfig(text: string, file: string, configuration: string | null = null): Config {
  const { configurations, ...base } = toSettings(text, file);
  const plain = problemsOf(base);
  const variants = { ...builtIn, ...(isObject(configurations) ? configurations : {}) };
  const others = Object.entries(variants).flatMap(([name, variant]) =>
    problemsOf(isObject(variant) ? merge(base, variant) : base)
      .filter((problem) => !plain.includes(problem))
      .map((problem) => `configurations.${name}: ${problem}`),
  );
  const problems = [...plain, ...problemsOfConfigurations(configurations), ...others];
  if (problems.length) throw sluiceError('CONFIG_INVALID', { file, problems });

  if (configuration === null) return configSchema.parse(base);
  const variant = new Map(Object.entries(variants)).get(configuration);
  if (variant === undefined) {
    throw sluiceError('CONFIGURATION_UNKNOWN', { name: configuration, known: Object.keys(variants).sort() });
  }
  return configSchema.parse(merge(base, variant));
}

/** What is wrong with settings: with their shape, or else with how they relate. */
function problemsOf(value: Json): string[] {
  const parsed = configSchema.safeParse(value);
  return parsed.success
    ? rules.flatMap((rule) => rule(parsed.data))
    : parsed.error.issues.flatMap((issue) => explain(issue, value, []));
}

function problemsOfConfigurations(value: Json | undefined): string[] {
  const parsed = fileSchema.shape.configurations.safeParse(value);
  const path = ['configurations'];
  return parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => explain(issue, { configurations: value ?? null }, path));
}

function toSettings(text: string, file: string): { [key: string]: Json } {
  const invalid = (problem: string) => sluiceError('CONFIG_INVALID', { file, problems: [problem] });
  let written: Json;
  try {
    written = z.json().parse(JSON.parse(text));
  } catch (thrown) {
    throw invalid(`is not JSON: ${String(thrown)}`);
  }
  if (!isObject(written)) throw invalid(`the file: expected object, found ${describe(written)}`);
  return written;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` wins; objects are merged, everything else is replaced. */
function merge(under: Json, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over;
  const below = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) below.set(key, merge(below.get(key) ?? null, value));
  return Object.fromEntries(below);
}

/** One line a problem: path, what was expected, what was found, and the nearest known key. */
function explain(issue: z.core.$ZodIssue, written: Json, prefix: readonly string[]): string[] {
  const path = [...prefix, ...issue.path];
  const where = pathOf(path);
  const found = describe(valueAt(written, path));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const near = nearest(key, knownKeys(path));
        return `${pathOf([...path, key])}: is not a known key${near ? `; did you mean "${near}"?` : ''}`;
      });
    case 'invalid_key':
      return [`${where}: expected ${issue.issues[0]?.message ?? 'another name'}, found "${String(path.at(-1))}"`];
    case 'invalid_type':
      return [`${where}: expected ${isOwnWords(issue) ? issue.message : issue.expected}, found ${found}`];
    case 'custom':
    case 'invalid_format':
      return [`${where}: expected ${issue.message}, found ${found}`];
    default:
      return [`${where}: ${issue.message}, found ${found}`];
  }
}

/** The schema says what it wants better than zod does. */
const isOwnWords = ({ message }: z.core.$ZodIssue): boolean => !message.startsWith('Invalid input');

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

const describe = (value: Json | undefined): string =>
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

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
 * once, each with its path and what was expected, or `CONFIGURATION_UNKNOWN`.
 */
export function parseConfig(text: string, file: string, configuration: string | null = null): Config {
  const problems: string[] = [];
  const written = toJson(text, file);
  const outer = fileSchema.safeParse(written);
  if (!outer.success)
    throw sluiceError('CONFIG_INVALID', { file, problems: outer.error.issues.flatMap(explain(written)) });

  const variants = { ...builtIn, ...outer.data.configurations };
  if (configuration !== null && !(configuration in variants)) {
    throw sluiceError('CONFIGURATION_UNKNOWN', { name: configuration, known: Object.keys(variants).sort() });
  }
  const { configurations: _configurations, ...base } = isObject(written) ? written : {};
  for (const [name, variant] of Object.entries(variants)) {
    const own = configSchema.safeParse(merge(base, variant));
    const prefix = `configurations.${name}: `;
    if (!own.success) problems.push(...own.error.issues.flatMap(explain(variant)).map((p) => prefix + p));
    else problems.push(...rules.flatMap((rule) => rule(own.data)).map((p) => prefix + p));
  }
  const chosen = configSchema.parse(configuration === null ? base : merge(base, variants[configuration] ?? {}));
  const plain = configSchema.parse(base);
  const plainProblems = rules.flatMap((rule) => rule(plain));
  const inherited = (problem: string) => plainProblems.some((p) => problem.endsWith(p));
  const all = [...plainProblems, ...problems.filter((problem) => !inherited(problem))];
  if (all.length) throw sluiceError('CONFIG_INVALID', { file, problems: all });
  return chosen;
}

function toJson(text: string, file: string): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch (thrown) {
    throw sluiceError('CONFIG_INVALID', { file, problems: [`is not JSON: ${String(thrown)}`] });
  }
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` wins; objects are merged, everything else is replaced. */
function merge(under: Json, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over;
  const merged = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = below === undefined ? value : merge(below, value);
  }
  return merged;
}

/** One line a problem: path, what was expected, what was found, and the nearest known key. */
const explain =
  (written: Json) =>
  (issue: z.core.$ZodIssue): string[] => {
    const where = pathOf(issue.path);
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => {
          const near = nearest(key, knownKeys(issue.path));
          return `${pathOf([...issue.path, key])}: is not a known key${near ? `; did you mean "${near}"?` : ''}`;
        });
      case 'invalid_type':
        return [`${where}: expected ${issue.expected}, found ${describe(valueAt(written, issue.path))}`];
      case 'custom':
        return [`${where}: expected ${issue.message}, found ${describe(valueAt(written, issue.path))}`];
      default:
        return [`${where}: ${issue.message}, found ${describe(valueAt(written, issue.path))}`];
    }
  };

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at ? '.' : ''}${String(part)}`)).join('') ||
  'the file';

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

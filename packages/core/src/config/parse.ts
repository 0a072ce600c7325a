import * as z from '../zod';
import { sluiceError } from '../errors';
import { describe, explain, isObject, type Json } from './explain';
import { whereJsonEnds } from './json-end';
import { rules, type Sections } from './rules';
import { configSchema, fileSchema, type Config } from './schema';

/** Variants that every project has without writing them down; a project's own of the same name replaces it. */
const builtIn: Record<string, Json> = { immediate: { production: { steps: [100] } } };

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
      .filter((problem) => !plain.includes(problem) && !isMissingIn(plain, problem))
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

/** What is wrong with settings: with their shape, and with how those relate that have the right one. */
function problemsOf(value: Json): string[] {
  const parsed = configSchema.safeParse(value);
  const related = (sections: Sections) => rules.flatMap((rule) => rule(sections));
  if (parsed.success) return related(parsed.data);
  const problems = parsed.error.issues.flatMap((issue) => explain(issue, value, []));
  return isObject(value) ? [...problems, ...related(readable(value, parsed.error.issues))] : problems;
}

/** The sections without a problem of their own, parsed. */
function readable(value: { [key: string]: Json }, issues: readonly z.core.$ZodIssue[]): Sections {
  const broken = new Set(issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])));
  for (const { path } of issues) broken.add(String(path[0]));
  const others = Object.entries(value).filter(([key]) => !broken.has(key));
  const parsed = configSchema.partial().safeParse(Object.fromEntries(others));
  if (!parsed.success) return {};
  // what is broken has got its defaults, which nobody has written
  for (const key of broken) Reflect.deleteProperty(parsed.data, key);
  return parsed.data;
}

const nothing = ', found nothing';

/** A part of what the file does not have at all: it is told there, not once more for each variant that writes another part. */
const isMissingIn = (plain: readonly string[], problem: string): boolean =>
  problem.endsWith(nothing) &&
  plain.some((other) => other.endsWith(nothing) && problem.startsWith(`${other.slice(0, other.indexOf(':'))}.`));

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
  } catch {
    throw invalid(`is not JSON: ${unexpectedIn(text)}`);
  }
  if (!isObject(written)) throw invalid(`the file: expected an object, found ${describe(written)}`);
  return written;
}

function unexpectedIn(text: string): string {
  const end = whereJsonEnds(text);
  const before = text.slice(0, end).split('\n');
  const found = end < text.length ? `unexpected ${JSON.stringify(text[end])}` : 'it ends too early';
  return `${found} at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** `over` wins; objects are merged, everything else is replaced. */
function merge(under: Json, over: Json): Json {
  if (!isObject(under) || !isObject(over)) return over;
  const below = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) below.set(key, merge(below.get(key) ?? null, value));
  return Object.fromEntries(below);
}

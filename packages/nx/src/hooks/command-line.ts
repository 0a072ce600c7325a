import { flags, listed, valued } from './nx-options';

/** What a command line of Nx asks for. */
export interface CommandLine {
  command: 'run' | 'run-many' | 'affected';
  /** Empty where the command line names none: the project of the working folder, all, or the affected ones. */
  projects: string[];
  targets: string[];
  configuration: string | null;
  /** Names of options, and words, that Nx hands to the executor of the named target alone. */
  passed: string[];
}

interface Words {
  options: { name: string; value: string }[];
  positional: string[];
  passed: string[];
}

/**
 * Reads `process.argv` of nx. `isTarget` says what counts as a target in `project:target:configuration`, for any of the
 * three may hold a colon. Null for a command that runs no target that is named on it.
 */
export function readCommandLine(argv: readonly string[], isTarget: (name: string) => boolean): CommandLine | null {
  const [command, ...rest] = argv.slice(2);
  if (command === undefined || command.startsWith('-')) return null;
  if (command === 'run-many' || command === 'affected') return readMany(command, wordsOf(rest, true));
  return command === 'run'
    ? readSpecifier(wordsOf(rest, false), isTarget)
    : readInfix(command, wordsOf(rest, false), isTarget);
}

function readMany(command: 'run-many' | 'affected', words: Words): CommandLine {
  return {
    command,
    projects: command === 'run-many' ? valuesOf(words, 'projects', 'p').flatMap(list) : [],
    targets: valuesOf(words, 'targets', 'target', 't').flatMap(list),
    configuration: configurationOf(words),
    passed: [...words.passed, ...words.positional],
  };
}

/** `nx run project:target:configuration`, or `nx run --project=project --target=target`. */
function readSpecifier(words: Words, isTarget: (name: string) => boolean): CommandLine {
  const project = valuesOf(words, 'project', 'p').at(-1);
  const target = valuesOf(words, 'target', 't').at(-1);
  const [specifier = '', ...more] = words.positional;
  const parts = specifier.split(':');
  const at = parts.findIndex(isTarget);
  const before = at < 0 ? '' : parts.slice(0, at).join(':');
  const after = at < 0 ? '' : parts.slice(at + 1).join(':');
  return {
    command: 'run',
    projects: [project ?? before].filter(Boolean),
    targets: at < 0 ? [target ?? ''].filter(Boolean) : [parts[at] ?? ''],
    configuration: configurationOf(words) ?? (after || null),
    passed: [...words.passed, ...(target === undefined ? more : words.positional)],
  };
}

/** `nx target project`. */
function readInfix(target: string, words: Words, isTarget: (name: string) => boolean): CommandLine {
  const [project, ...more] = words.positional;
  const named = valuesOf(words, 'project', 'p').at(-1) ?? project;
  const line = readSpecifier({ ...words, positional: [target] }, isTarget);
  return { ...line, projects: named === undefined ? [] : [named], passed: [...words.passed, ...more] };
}

const configurationOf = (words: Words): string | null =>
  valuesOf(words, 'configuration', 'c').at(-1) ?? (valuesOf(words, 'prod').at(-1) === 'true' ? 'production' : null);

const valuesOf = ({ options }: Words, ...names: string[]): string[] =>
  options.filter(({ name }) => names.includes(name)).map(({ value }) => value);
const list = (value: string): string[] => value.split(/[\s,]+/).filter(Boolean);

/** Sorts the words by Nx's own table; `lists` where an option may be followed by several values. */
function wordsOf(args: readonly string[], lists: boolean): Words {
  const words: Words = { options: [], positional: [], passed: [] };
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--') {
      words.passed.push(...args.slice(at + 1).map((passed) => optionIn(passed)?.name ?? passed));
      break;
    }
    const option = optionIn(word);
    if (!option) words.positional.push(word);
    else if (flags.has(option.name)) {
      const value = option.value ?? following(args, at + 1, 1).find((next) => next === 'true' || next === 'false');
      if (value !== undefined && option.value === null) at += 1;
      words.options.push({ name: option.name, value: value ?? 'true' });
    } else if (!valued.has(option.name)) words.passed.push(option.name);
    else if (option.value !== null) words.options.push({ name: option.name, value: option.value });
    else {
      const values = following(args, at + 1, lists && listed.has(option.name) ? Infinity : 1);
      words.options.push({ name: option.name, value: values.join(',') });
      at += values.length;
    }
  }
  return words;
}

function following(args: readonly string[], from: number, most: number): string[] {
  const end = args.findIndex((word, at) => at >= from && (word.startsWith('-') || at - from >= most));
  return args.slice(from, end < 0 ? undefined : end);
}

/** `--skip-nx-cache`, `--no-cloud`, `--parallel=3`, `-c=next`; the name in camel case, null for any other word. */
function optionIn(word: string): { name: string; value: string | null } | null {
  const [, dashes, text, value] = /^(--?)([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (dashes === undefined || text === undefined) return null;
  const plain = camel(text);
  const negated = /^no[A-Z]/.test(plain) ? plain.charAt(2).toLowerCase() + plain.slice(3) : null;
  if (negated !== null && flags.has(negated)) return { name: negated, value: 'false' };
  return { name: plain, value: value ?? null };
}

const camel = (text: string): string => text.replace(/-+(.)/g, (_, letter: string) => letter.toUpperCase());

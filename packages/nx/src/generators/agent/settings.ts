import { sluiceError } from '@sluice/core';

/** Prompt submission, and after a tool was used. */
const events = ['UserPromptSubmit', 'PostToolUse'] as const;

const command = '"$CLAUDE_PROJECT_DIR"/node_modules/.bin/sluice hook';
/** Seconds. It takes a fraction of one: this is for a machine that stands still. */
const timeout = 10;

type Fields = Record<string, unknown>;

/** The text of the settings with Sluice's hooks in it, as it was where they are there. Throws `FILE_UNMERGEABLE`. */
export function withHooks(text: string | null, file: string): string {
  const settings = parse(text ?? '{}', file);
  const hooks = settings['hooks'] ?? {};
  if (!isFields(hooks)) throw refused(file, '"hooks" is no object');
  const missing = events.filter((event) => !isThere(hooks[event]));
  if (text !== null && missing.length === 0) return text;
  const added = missing.map((event) => {
    const before = hooks[event] ?? [];
    if (!Array.isArray(before)) throw refused(file, `"hooks.${event}" is no list`);
    return [event, [...(before as unknown[]), { hooks: [{ type: 'command', command, timeout }] }]] as const;
  });
  return `${JSON.stringify({ ...settings, hooks: { ...hooks, ...Object.fromEntries(added) } }, null, 2)}\n`;
}

/** Also where somebody calls it in another way, such as from another folder. */
const isThere = (entries: unknown): boolean => /\bsluice(\.js)?\\?"? hook\b/.test(JSON.stringify(entries ?? null));

function parse(text: string, file: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === '' ? '{}' : text);
  } catch {
    throw refused(file, 'it is not JSON');
  }
  if (!isFields(value)) throw refused(file, 'it holds no object');
  return value;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (file: string, problem: string) => sluiceError('FILE_UNMERGEABLE', { file, problem });

/** A key of an object or an index of an array. */
export type JsonPath = readonly (string | number)[];

interface Span {
  from: number;
  to: number;
}

/**
 * The text of a JSON document with one value replaced, or added as the last member of its object; every other byte stays. The
 * text has to be valid JSON, and the parent of the value an object or an array that has it.
 */
export function withValue(text: string, path: JsonPath, value: unknown): string {
  const found = spanOf(text, path);
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '';
  if (found) return splice(text, found, layOut(value, unit, unit.repeat(path.length)));
  const parent = spanOf(text, path.slice(0, -1));
  if (!parent || text[parent.from] !== '{') throw new RangeError(`nothing holds ${path.join('.')}`);
  const last = lastByte(text, parent);
  const isEmpty = last === parent.from;
  const margin = unit === '' ? '' : `\n${unit.repeat(path.length)}`;
  const end = isEmpty && unit !== '' ? `\n${unit.repeat(path.length - 1)}` : '';
  const key = JSON.stringify(String(path.at(-1)));
  const member = `${isEmpty ? '' : ','}${margin}${key}:${unit === '' ? '' : ' '}${layOut(value, unit, margin.slice(1))}`;
  const to = isEmpty ? parent.to - 1 : last + 1;
  return splice(text, { from: last + 1, to }, `${member}${end}`);
}

const splice = (text: string, { from, to }: Span, part: string): string => text.slice(0, from) + part + text.slice(to);

const layOut = (value: unknown, unit: string, margin: string): string =>
  JSON.stringify(value, null, unit).replaceAll('\n', `\n${margin}`);

/** Where the last thing in an object ends; its brace where it is empty. */
function lastByte(text: string, { from, to }: Span): number {
  let at = to - 2;
  while (at > from && /\s/.test(text[at] ?? '')) at -= 1;
  return at;
}

/** Where the value at a path begins and ends; of a key that is there twice the last, as `JSON.parse` has it. */
export function spanOf(text: string, path: JsonPath): Span | null {
  let from = skipSpace(text, text.startsWith('\uFEFF') ? 1 : 0);
  for (const step of path) {
    const member = membersOf(text, from)
      .filter(({ key }) => key === step)
      .at(-1);
    if (!member) return null;
    from = member.from;
  }
  return { from, to: endOf(text, from) };
}

/** The members of the object or array that begins here; none of anything else. */
function membersOf(text: string, start: number): { key: string | number; from: number; to: number }[] {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return [];
  const members: { key: string | number; from: number; to: number }[] = [];
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    let key: string | number = members.length;
    if (isObject) {
      const end = endOf(text, at);
      key = String(JSON.parse(text.slice(at, end)));
      at = skipSpace(text, skipSpace(text, end) + 1); // past the colon
    }
    const to = endOf(text, at);
    members.push({ key, from: at, to });
    at = skipSpace(text, to);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return members;
}

/** Where the value that begins here ends. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '{' || sign === '[') {
      depth += 1;
      at += 1;
    } else if (sign === '}' || sign === ']') {
      depth -= 1;
      at += 1;
    } else if (depth > 0) at += 1;
    else return endOfWord(text, at);
    if (depth === 0) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Of a number, `true`, `false` or `null`. */
function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1;
  return at;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1;
  return at;
}

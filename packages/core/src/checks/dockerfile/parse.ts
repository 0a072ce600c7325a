/** One instruction of a Dockerfile: `RUN`, what follows it on one line, and the line where it begins (from 1). */
export interface Instruction {
  name: string;
  text: string;
  line: number;
}

/**
 * The instructions of a Dockerfile by the rules of its reference: the directive `escape`, continued lines with comments and
 * blank lines among them, and here-documents, whose lines are no instructions.
 * https://docs.docker.com/reference/dockerfile/
 */
export function parseDockerfile(file: string): Instruction[] {
  const lines = file.replace(/^\uFEFF/, '').split(/\r?\n/);
  const escape = escapeOf(lines);
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length;) {
    const line = at + 1;
    let text = '';
    for (let isOpen = true; isOpen && at < lines.length; at += 1) {
      const next = (lines[at] ?? '').trim();
      if (next.startsWith('#') || (next === '' && text !== '')) continue;
      isOpen = next.endsWith(escape);
      text += isOpen ? `${next.slice(0, -1)} ` : next;
    }
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text.trim()) ?? [];
    if (name === '') continue;
    found.push({ name: name.toUpperCase(), text: rest, line: beginningOf(lines, line) });
    for (const end of hereDocuments(name, rest)) at = after(lines, at, end);
  }
  return found;
}

/** Comments before it belong to what is read as one piece. */
function beginningOf(lines: readonly string[], from: number): number {
  const isNothing = (text = '') => text.trim() === '' || text.trim().startsWith('#');
  let line = from;
  while (line < lines.length && isNothing(lines[line - 1])) line += 1;
  return line;
}

/** Directives stand before all else, each on a line like a comment. */
function escapeOf(lines: readonly string[]): string {
  for (const line of lines) {
    const [, key, value] = /^#\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line.trim()) ?? [];
    if (key === undefined) break;
    if (key.toLowerCase() === 'escape' && value === '`') return '`';
  }
  return '\\';
}

/** The words that end the here-documents of an instruction, in order. */
function hereDocuments(name: string, text: string): string[] {
  if (!/^(RUN|COPY|ADD)$/i.test(name)) return [];
  return [...text.matchAll(/(?<!<)<<-?(["']?)([\w.-]+)\1/g)].flatMap(([, , word]) => word ?? []);
}

function after(lines: readonly string[], from: number, end: string): number {
  const at = lines.findIndex((line, index) => index >= from && line.trim() === end);
  return at < 0 ? lines.length : at + 1;
}

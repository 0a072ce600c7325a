import { oneLine } from './lines';

/** Text of others inside a line of markdown: on one line, and no HTML. */
export const inline = (text: string): string => oneLine(text).replaceAll('<', '&lt;');

/** The same inside a table: a `|` or a backslash of the text does not end the cell. */
const cell = (text: string): string => inline(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|');

/** A table, or nothing when it would have no rows. Headings that start with `>` head columns of numbers. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (!rows.length) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(headings.map((heading) => cell(heading.replace(/^>/, '')))),
    line(headings.map((heading) => (heading.startsWith('>') ? '---:' : '---'))),
    ...rows.map((cells) => line(cells.map((text) => cell(text) || '–'))),
    '',
  ];
}

/** A paragraph, or a code block for text of several lines (log lines, for one). */
export function paragraph(text: string): string[] {
  const lines = text.trim().split('\n');
  if (lines.length === 1) return [inline(text), ''];
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence, ''];
}

/** A section with its heading, or nothing when it is empty. */
export const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length ? [heading, '', ...lines] : [];

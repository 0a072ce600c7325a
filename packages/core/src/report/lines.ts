/** Text in lines, for terminals of 80 columns. */
export const terminalWidth = 80;

/** Line breaks and runs of blanks become one blank. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The text, or as much of it as fits with `…` behind it. */
export const clip = (text: string, width = terminalWidth): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…` : text;

/** Breaks between words; a word that is longer than a line stays whole. Later lines start with `indent`. */
export function wrap(text: string, width = terminalWidth, indent = ''): string[] {
  const lines: string[] = [];
  // a number stays with its unit
  for (const word of oneLine(text).split(/ (?!%|ms\b)/)) {
    const current = lines.at(-1);
    if (current !== undefined && current.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(lines.length ? indent + word : word);
  }
  return lines;
}

/** Like `wrap`, but quoted lines (`| …`) below the words stay lines of their own, cut where the width ends. */
export function wrapQuoting(text: string, width = terminalWidth, indent = ''): string[] {
  const [words = '', ...quoted] = text.split(/\n(?=\s*\| )/);
  return [...wrap(words, width, indent), ...quoted.map((line) => clip(`${indent}  ${oneLine(line)}`, width))];
}

/** `left` at the start and `right` at the end of a line; two blanks between them at least. */
export const spread = (left: string, right: string, width = terminalWidth): string =>
  right ? `${left.padEnd(width - right.length - 2)}  ${right}` : left;

export interface Column {
  heading: string;
  align: 'left' | 'right';
}

/** Aligned columns, headings first; two blanks between them, or one where two don't fit. */
export function alignColumns(columns: readonly Column[], rows: readonly (readonly string[])[], width = terminalWidth) {
  const widths = columns.map(({ heading }, at) =>
    Math.max(heading.length, ...rows.map((cells) => cells[at]?.length ?? 0)),
  );
  const content = widths.reduce((sum, one) => sum + one, 0);
  const gap = content + 2 * (columns.length - 1) <= width ? '  ' : ' ';
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, at) => {
        const cell = cells[at] ?? '';
        return align === 'right' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
      })
      .join(gap)
      .trimEnd();
  return { heading: line(columns.map(({ heading }) => heading)), rows: rows.map(line) };
}

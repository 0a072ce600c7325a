/** A sentence, a bullet or a row of a table, without its line breaks, and the line that it begins in, from 1. */
export interface Sentence {
  text: string;
  line: number;
  /** Whether it stands in a block that was written for this: there every line must be understood. */
  isStated: boolean;
  /** The heading that it stands under. */
  section: string;
}

const fence = /^\s*(`{3,}|~{3,})\s*(\S*)/;
/** Blocks that state targets, by the word after the fence. */
const stated = new Set(['performance', 'sluice']);
const bullet = /^\s*(?:[-*+]|\d+[.)]|>)\s+/;

/**
 * Takes Markdown or plain text apart. Headings, other code blocks and comments are left out: what stands there is a name, an
 * example or nobody's word.
 */
export function sentencesOf(markdown: string): Sentence[] {
  const found: Sentence[] = [];
  let section = '';
  let paragraph: { text: string; line: number }[] = [];
  const endParagraph = (): void => {
    found.push(...split(paragraph, section));
    paragraph = [];
  };
  let closing: { mark: string; isStated: boolean } | null = null;
  for (const [at, line] of withoutComments(markdown).split(/\r?\n/).entries()) {
    const [, mark = '', language = ''] = fence.exec(line) ?? [];
    if (closing) {
      if (mark.startsWith(closing.mark) && language === '') closing = null;
      else if (closing.isStated && /^\s*[^\s#]/.test(line))
        found.push({ text: line.trim(), line: at + 1, isStated: true, section });
      continue;
    }
    const [, heading = null] = /^\s*#{1,6}\s+(.*)$/.exec(line) ?? [];
    const isUnderline = /^\s*[=-]{3,}\s*$/.test(line);
    const isRow = /^\s*\|/.test(line);
    if (isUnderline && paragraph.length === 1) section = paragraph.splice(0)[0]?.text ?? '';
    if (mark || heading !== null || isUnderline || isRow || line.trim() === '' || bullet.test(line)) endParagraph();
    if (heading !== null) section = heading;
    if (mark) closing = { mark, isStated: stated.has(language.toLowerCase()) };
    else if (isRow)
      found.push({ text: plain(line.replace(/^\s*\||\|\s*$/g, '')), line: at + 1, isStated: false, section });
    else if (heading === null && !isUnderline && line.trim() !== '')
      paragraph.push({ text: line.replace(bullet, ''), line: at + 1 });
  }
  endParagraph();
  return found;
}

/** Comments become blank, so that lines keep their numbers. */
const withoutComments = (text: string): string =>
  text.replace(/<!--[^]*?(?:-->|$)/g, (all) => all.replace(/[^\n]/g, ' '));

/** Emphasis and code marks are no words. */
const plain = (text: string): string => text.replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, '').trim();

/** A paragraph's sentences: each ends with a full stop before a space and a capital, with a semicolon, or with the paragraph. */
function split(lines: readonly { text: string; line: number }[], section: string): Sentence[] {
  const whole = lines.map(({ text }) => plain(text)).join('\n');
  const [first] = lines;
  if (!first) return [];
  let line = first.line;
  return whole.split(/(?<=[.!?;])(?=\s+(?:[\p{Lu}"(]|$))|(?<=;)/u).map((text) => {
    const lead = /^\s*/.exec(text)?.[0] ?? '';
    const begin = line + lead.split('\n').length - 1;
    line += text.split('\n').length - 1;
    return { text: text.trim().replace(/\s+/g, ' '), line: begin, isStated: false, section };
  });
}

/** Colours for terminals. Without colour every function gives its text back. */
export interface Palette {
  bold: (text: string) => string;
  dim: (text: string) => string;
  good: (text: string) => string;
  warn: (text: string) => string;
  bad: (text: string) => string;
}

const escape = '\u001b[';
const style =
  (colour: boolean, open: number, close: number) =>
  (text: string): string =>
    colour && text ? `${escape}${open}m${text}${escape}${close}m` : text;

export const palette = (colour: boolean): Palette => ({
  bold: style(colour, 1, 22),
  dim: style(colour, 2, 22),
  good: style(colour, 32, 39),
  warn: style(colour, 33, 39),
  bad: style(colour, 31, 39),
});

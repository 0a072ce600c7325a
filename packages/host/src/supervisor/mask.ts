/** Shorter ones are in too many lines: what was masked then would be guessed. */
const shortest = 4;

/** Hides values in text that people see. Of a value of several lines each is hidden. */
export function maskOf(values: Iterable<string>): (text: string) => string {
  const parts = [...values].flatMap((value) => value.split(/\r?\n/)).filter((part) => part.trim().length >= shortest);
  const longestFirst = [...new Set(parts)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, part) => masked.replaceAll(part, '***'), text);
}

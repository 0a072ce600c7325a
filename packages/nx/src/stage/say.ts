import type { Problem, Receipt } from '@sluice/core';

// whoever reads may be gone: a closed pipe must not end what runs
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** For a terminal, unless https://no-color.org is asked for. */
export const isColoured = (): boolean => process.stdout.isTTY && !process.env['NO_COLOR'];

/** Said to a terminal a line is broken between words, so that none of them is torn; a pipe gets it whole. */
export const sayFolded = (text: string): void =>
  say(process.stdout.isTTY ? folded(text, process.stdout.columns) : text);

const indent = 4;

/** Breaks lines that are wider than `width` between words; what comes after is indented further. */
export const folded = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => foldedLine(line, width))
    .join('\n');

function foldedLine(line: string, width: number, margin = (/^ */.exec(line)?.[0].length ?? 0) + indent): string[] {
  if (line.length <= width || width < 2 * margin) return [line];
  const found = line.lastIndexOf(' ', width);
  const at = found >= margin ? found : line.indexOf(' ', width);
  if (at < 0) return [line];
  const rest = line.slice(at).trim();
  return rest
    ? [line.slice(0, at).trimEnd(), ...foldedLine(' '.repeat(margin) + rest, width, margin)]
    : [line.trimEnd()];
}

/** Output of a command that a stage runs: indented, without its empty lines. */
export function sayNested(line: string): void {
  if (line.trim()) say(`  ${line}`);
}

/** Code, what happened, what to do. */
export function sayProblem({ code, message, remedy }: Problem): void {
  process.stderr.write(`\n${code}: ${message}\n  -> ${remedy}\n`);
}

const words = { pass: 'passed', warn: 'passed with warnings', skipped: 'skipped', fail: 'FAILED' } as const;

/** One line a check, then the verdict with its reasons. */
export function sayVerdict({ stage, verdict, reasons, checks, times }: Receipt): void {
  for (const { check, status, reason, findings } of checks) {
    sayFolded(`  ${status.padEnd(4)}  ${check}: ${reason}`);
    for (const { message, file, line, rule, allowed } of findings.slice(0, 10)) {
      const place = [file, line].filter((part) => part !== undefined).join(':');
      const name = rule === undefined || message.includes(rule) ? '' : `[${rule}]`;
      const pass = allowed === undefined ? '' : `(allowed: ${allowed})`;
      sayFolded(`        ${[place, message, name, pass].filter(Boolean).join(' ')}`);
    }
  }
  const seconds = (times.durationMs / 1000).toFixed(1);
  sayFolded(
    `${stage} ${words[verdict]} in ${seconds} s${checks.length ? '' : reasons.map((reason) => `\n  ${reason}`).join('')}`,
  );
}

import type { Problem, Receipt } from '@sluice/core';

// whoever reads may be gone: a closed pipe must not end what runs
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

export const say = (line: string): void => void process.stdout.write(`${line}\n`);

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
    say(`  ${status.padEnd(4)}  ${check}: ${reason}`);
    for (const { message, file, line } of findings.slice(0, 10)) {
      say(`        ${[file, line].filter((part) => part !== undefined).join(':')} ${message}`.trimEnd());
    }
  }
  const seconds = (times.durationMs / 1000).toFixed(1);
  say(
    `${stage} ${words[verdict]} in ${seconds} s${checks.length ? '' : reasons.map((reason) => `\n  ${reason}`).join('')}`,
  );
}

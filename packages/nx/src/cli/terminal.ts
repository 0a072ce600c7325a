import { createInterface } from 'node:readline/promises';
import { say } from '../stage/say';
import type { Desk } from './desk';

/** The terminal, or the pipe, that the bin was started in. */
export function terminalDesk(): Desk {
  const canAsk = process.stdin.isTTY && process.stdout.isTTY;
  return {
    cwd: process.cwd(),
    say,
    warn: (text) => void process.stderr.write(`${text}\n`),
    confirm: canAsk ? confirm : null,
  };
}

async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

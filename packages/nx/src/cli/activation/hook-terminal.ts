import { say } from '../../stage/say';
import type { HookDesk } from './run-hook';

/** A caller that never ends what it sends is answered all the same (ms). */
const patience = 1_000;

/** Standard input and output, as an agent starts its hook. */
export const hookTerminal = (): HookDesk => ({
  cwd: process.cwd(),
  read: readInput,
  say,
  warn: (text) => void process.stderr.write(`${text}\n`),
});

function readInput(): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return Promise.resolve('');
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const end = () => {
      clearTimeout(timer);
      stdin.destroy();
      resolve(Buffer.concat(parts).toString('utf8'));
    };
    const timer = setTimeout(end, patience);
    stdin
      .on('data', (part: Buffer) => parts.push(part))
      .once('end', end)
      .once('error', end);
  });
}

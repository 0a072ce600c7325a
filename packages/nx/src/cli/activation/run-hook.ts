import { checkoutWithSignal } from './quiet';

/** What a hook needs of the process that it is. */
export interface HookDesk {
  cwd: string;
  /** All that the caller sends. */
  read(): Promise<string>;
  say(text: string): void;
  warn(text: string): void;
}

/** Answers the hook of a coding agent. Whatever goes wrong is told beside it: an agent must never stand still for us. */
export async function runHook({ cwd, read, say, warn }: HookDesk): Promise<void> {
  try {
    const input = await read();
    const checkout = await checkoutWithSignal(folderIn(input) ?? cwd);
    if (checkout === null) return;
    const { hookAnswer } = await import('./hook');
    const answer = await hookAnswer(input, checkout);
    if (answer !== null) say(answer);
  } catch (thrown) {
    warn(`sluice hook: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

/** The `cwd` of the call, read as little as can be. */
function folderIn(input: string): string | null {
  try {
    const value: unknown = JSON.parse(input);
    const isNamed = typeof value === 'object' && value !== null && 'cwd' in value && typeof value.cwd === 'string';
    return isNamed ? String(value.cwd) : null;
  } catch {
    return null;
  }
}

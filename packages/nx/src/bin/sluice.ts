#!/usr/bin/env node
const args = process.argv.slice(2);

// an agent waits for its hook at every prompt, so that one loads nothing of what the other verbs need
async function start(): Promise<number> {
  if (args.length === 1 && args[0] === 'hook') {
    const [{ runHook }, { hookTerminal }] = await Promise.all([
      import('../cli/activation/run-hook'),
      import('../cli/activation/hook-terminal'),
    ]);
    await runHook(hookTerminal());
    return 0;
  }
  const [{ main }, { terminalDesk }] = await Promise.all([import('../cli/main'), import('../cli/terminal')]);
  return main(args, terminalDesk());
}

void start().then((code) => {
  process.exitCode = code; // not exit(): what was said may not be written yet
});

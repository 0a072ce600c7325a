import { progressLine, storyLine, type EnvironmentState } from '@sluice/core';
import { say } from './say';

const minute = 60_000;

/** Tells a rollout as it goes: its story as lines; in between a live line on a terminal, else a line a minute. */
export function narrator(project: string, environment: string) {
  const isTerminal = process.stdout.isTTY;
  const told = new Set<string>();
  let saidAt = Date.now();
  const clear = () => {
    if (isTerminal) process.stdout.write('\r\x1b[2K');
  };

  return {
    tell(state: EnvironmentState): void {
      clear();
      for (const entry of state.outbox) {
        if (told.has(entry.id)) continue;
        told.add(entry.id);
        say(storyLine(entry));
        saidAt = Date.now();
      }
      if (isTerminal) process.stdout.write(progressLine(state, Date.now()).slice(0, process.stdout.columns - 1));
      else if (Date.now() - saidAt >= minute) {
        saidAt = Date.now();
        say(`${project} ${environment}: ${progressLine(state, saidAt)}`);
      }
    },
    end: clear,
  };
}

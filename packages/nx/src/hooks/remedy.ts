import type { ActName } from '@sluice/core';
import type { CommandLine } from './command-line';

/** Which act an option belongs to, and how it is written there. */
export const meantFor: Readonly<Record<string, { act: ActName; text: string }>> = {
  dryRun: { act: 'plan', text: '' },
  to: { act: 'rollback', text: ' --to=RELEASE' },
  release: { act: 'retry', text: ' --release=RELEASE --reason=TEXT' },
  reason: { act: 'retry', text: ' --reason=TEXT' },
  json: { act: 'status', text: ' --json' },
  watch: { act: 'status', text: ' --watch' },
  limit: { act: 'history', text: ' --limit=NUMBER' },
};

/** The command that does what an option on a stage was meant to do. */
export function commandInstead(line: CommandLine, target: string, option: string, configurations: string[]): string {
  const known = Object.hasOwn(meantFor, option) ? meantFor[option] : undefined;
  if (known) return commandOf(line, `deploy-${known.act}`) + known.text;
  if (configurations.includes(option)) return commandOf(line, target, option);
  return `${commandOf(line, target)}, with the setting in sluice.json (under "configurations" for a variant of it)`;
}

function commandOf(line: CommandLine, target: string, configuration?: string): string {
  const { command, projects } = line;
  if (command === 'run') {
    const variant = configuration === undefined ? '' : `:${configuration}`;
    return `nx run ${[...projects, target].join(':')}${variant}`;
  }
  const only = projects.length ? ` -p ${projects.join(',')}` : '';
  return `nx ${command} -t ${target}${only}${configuration === undefined ? '' : ` -c ${configuration}`}`;
}

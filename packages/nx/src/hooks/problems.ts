import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseConfig, SluiceError, sluiceError } from '@sluice/core';
import type { CommandLine } from './command-line';
import { commandInstead } from './remedy';
import type { Subject } from './subjects';

/** Nx prints the message of an error and nothing else of it. */
export const asNxPrints = ({ code, message, remedy }: SluiceError): SluiceError =>
  new SluiceError(code, `${code}: ${message}\n${remedy}`, remedy);

export function refusedOption(line: CommandLine, target: string, option: string, subjects: Subject[]): SluiceError {
  const configurations = subjects.flatMap((subject) => subject.configurations);
  return sluiceError('OPTION_REFUSED', {
    option,
    target,
    command: commandInstead(line, target, option, configurations),
  });
}

/** Null where a project has it. The file is asked too, for it may be newer than the stored graph. */
export async function unknownConfiguration(
  name: string | null,
  subjects: Subject[],
  workspaceRoot: string,
): Promise<SluiceError | null> {
  if (name === null || subjects.some(({ configurations }) => configurations.includes(name))) return null;
  let problem: SluiceError | null = null;
  for (const { root } of subjects) {
    const file = join(root, 'sluice.json');
    try {
      parseConfig(await readFile(join(workspaceRoot, file), 'utf8'), file, name);
      return null;
    } catch (thrown) {
      if (thrown instanceof SluiceError) problem ??= thrown;
    }
  }
  return problem;
}

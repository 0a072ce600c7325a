import { readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { parseEnv } from 'node:util';
import { sluiceError } from '@sluice/core';
import { isSystemError, messageOf } from './system-error';

/** Where an environment's values are. */
export interface SecretSources {
  envFile?: string | undefined;
  secrets?: Record<string, string> | undefined;
}

/**
 * The variables of an environment that are no part of a release. Rejects with `SECRET_UNREADABLE`, whose words hold no
 * value. Where the repository is known, no file may lie in it.
 */
export async function readSecrets(
  { envFile, secrets = {} }: SecretSources,
  environment: string,
  repository: string | null,
): Promise<Record<string, string>> {
  const read = (key: string, file: string) => readValue(`environments.${environment}.${key}`, file, repository);
  const several = envFile === undefined ? {} : parseEnv(await read('envFile', envFile));
  const single = Object.entries(secrets).map(
    async ([name, file]) => [name, (await read(`secrets.${name}`, file)).replace(/\r?\n$/, '')] as const,
  );
  return { ...known(several), ...Object.fromEntries(await Promise.all(single)) };
}

async function readValue(setting: string, written: string, repository: string | null): Promise<string> {
  const refuse = (problem: string) => sluiceError('SECRET_UNREADABLE', { setting, file: written, problem });
  const file = written.startsWith('~/') ? join(homedir(), written.slice(2)) : written;
  const text = await readPlainFile(file).catch((error: unknown) => {
    throw refuse(isSystemError(error, 'ENOENT') ? 'there is no such file' : messageOf(error));
  });
  if (text === null) throw refuse('it is no file');
  if (text.includes('\0')) throw refuse('it is not text'); // no variable may hold it, and node's error would show it
  if (repository !== null && (await isInside(file, repository))) throw refuse('it lies in the repository');
  return text;
}

/** A pipe or a device may never end. */
const readPlainFile = async (file: string): Promise<string | null> =>
  (await stat(file)).isFile() ? readFile(file, 'utf8') : null;

const isInside = async (file: string, folder: string) =>
  (await realpath(file)).startsWith(`${await realpath(folder)}${sep}`);

const known = (variables: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

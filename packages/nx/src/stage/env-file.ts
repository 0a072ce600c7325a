import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { sluiceError, type Config } from '@sluice/core';

/**
 * The configuration with the variables of `runtime.envFile` under those of `runtime.env`. Rejects with `CONFIG_INVALID`,
 * which names `file`, where there is none in the project's folder.
 */
export async function withEnvFile(config: Config, projectFolder: string, file: string): Promise<Config> {
  const { envFile, env } = config.runtime;
  if (envFile === undefined) return config;
  const text = await readFile(join(projectFolder, envFile), 'utf8').catch(() => {
    const problem = `runtime.envFile: there is no file "${envFile}" in the project's folder at this commit`;
    throw sluiceError('CONFIG_INVALID', { file, problems: [problem] });
  });
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) found[name] = value;
  return { ...config, runtime: { ...config.runtime, env: { ...found, ...env } } };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z, type Finding } from '@sluice/core';
import { counted } from '../outcome';
import type { Scanner } from './scanner';

const severities: Readonly<Record<string, Finding['severity']>> = {
  ...{ CRITICAL: 'critical', ERROR: 'high', HIGH: 'high', WARNING: 'moderate', MEDIUM: 'moderate' },
  ...{ INFO: 'low', LOW: 'low', EXPERIMENT: 'low', INVENTORY: 'low' },
};

const place = z.object({ line: z.int() });
const report = z.object({
  version: z.string(),
  results: z.array(
    z.object({
      check_id: z.string().min(1),
      path: z.string().min(1),
      start: place,
      end: place,
      extra: z.object({ message: z.string(), severity: z.string() }),
    }),
  ),
  errors: z.array(z.object({ level: z.string(), message: z.string(), path: z.string().optional() })),
  paths: z.object({ scanned: z.array(z.string()) }),
});

/** Semgrep 1 by a file of rules, `config`, from the top of the folder that is looked at: it asks nobody, and tells nobody. */
export const semgrep = (config: string): Scanner => ({
  name: 'semgrep',
  program: 'semgrep',
  install: 'pip install semgrep',
  versionArguments: ['--version', '--disable-version-check'], // else it asks for a newer one, and waits long where there is no network
  scanArguments: (file) => [
    ...['scan', '--config', config, '--json', '--output', file, '--error', '--quiet'],
    ...['--no-git-ignore', '--metrics=off', '--disable-version-check', '.'],
  ],
  foundCode: 1, // by --error; failures are 2 and above
  async read(printed, { folder }) {
    const parsed = report.safeParse(printed);
    if (!parsed.success) return { kind: 'rubbish', reason: 'it left no report of the known form' };
    const { version, results, errors, paths } = parsed.data;
    const broken = errors.find(({ level }) => level !== 'warn' && level !== 'info');
    if (broken) return { kind: 'rubbish', reason: broken.message.split('\n')[0] ?? '' };
    const unknown = results.find(({ extra }) => !Object.hasOwn(severities, extra.severity));
    if (unknown) return { kind: 'rubbish', reason: `it knows a severity ${unknown.extra.severity}` };
    const findings = await Promise.all(
      results.map(async ({ check_id: rule, path, start, end, extra }) => ({
        severity: severities[extra.severity] ?? ('critical' as const),
        message: masked(extra.message, await linesOf(join(folder, path), start.line, end.line)),
        ...{ rule, file: path.replace(/^\.\//, ''), line: start.line },
      })),
    );
    const incomplete = errors.map(({ path, message }) => path ?? message.split('\n')[0] ?? '');
    const looked = paths.scanned.length ? counted(paths.scanned.length, 'file') : null;
    return { kind: 'judged', findings, version, looked, incomplete };
  },
});

/** A rule's message may quote what it found, which may be a secret: words of the source are taken out. */
const masked = (message: string, source: string): string =>
  message.replace(/[^\s"'`]{6,}/g, (word) => (source.includes(word) ? '***' : word));

const linesOf = async (file: string, from: number, to: number): Promise<string> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .slice(from - 1, to)
    .join('\n');

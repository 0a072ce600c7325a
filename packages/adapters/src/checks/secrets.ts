import { lstat, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import manifest from '@secretlint/core/package.json';
import { judgeFindings, type Allowlist, type Check, type Found } from '@sluice/core';
import { counted, skip } from './outcome';

export interface SecretsSubject {
  root: string;
  /** Relative to `root`: everything that the release is made of. */
  files: readonly string[];
}

/** Bytes above which a file is taken for data. */
const maxSize = 1024 * 1024;
/** secretlint's levels as ours. */
const severities = { error: 'critical', warning: 'high', info: 'moderate' } as const;

/**
 * Looks for credentials with secretlint's recommended rules. A finding names rule, file and line, never the secret; each blocks that is not allowed.
 * Binary files, files above 1 MiB and what is no file (a link, a submodule) are not read: they are counted and said. A
 * comment `secretlint-disable` in a file is honoured. Rejects when a file of the list can't be read.
 */
export const secretsCheck = ({ allow }: { allow: Allowlist }): Check<SecretsSubject> => ({
  name: 'secrets',
  tool: 'secretlint',
  version: manifest.version,
  timeLimit: 300_000,
  async run({ root, files }, signal) {
    const scan = await loadScanner();
    const found: Found[] = [];
    const figures = { scanned: 0, binary: 0, large: 0, notFiles: 0 };
    for (const file of files) {
      signal.throwIfAborted();
      const { kind, text } = await readText(join(root, file));
      figures[kind] += 1;
      if (kind === 'scanned') found.push(...(await scan(file, text)));
    }
    if (figures.scanned === 0) return skip('there is no text file to scan');
    return judgeFindings(found, { severity: 'low', allow, nothing: `no secret in ${describe(figures)}`, figures });
  },
});

interface Reading {
  kind: 'scanned' | 'binary' | 'large' | 'notFiles';
  text: string;
}

async function readText(path: string): Promise<Reading> {
  const stats = await lstat(path);
  if (!stats.isFile()) return { kind: 'notFiles', text: '' };
  if (stats.size > maxSize) return { kind: 'large', text: '' };
  const bytes = await readFile(path);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { kind: 'scanned', text: bytes.toString('utf16le') };
  return bytes.includes(0) ? { kind: 'binary', text: '' } : { kind: 'scanned', text: bytes.toString('utf8') };
}

async function loadScanner(): Promise<(file: string, content: string) => Promise<Found[]>> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const config = { rules: [{ id: creator.meta.id, rule: creator }] };
  return async (file, content) => {
    const { messages } = await lintSource({
      source: { filePath: file, content, ext: extname(file), contentType: 'text' },
      options: { config, maskSecrets: true, noPhysicFilePath: true },
    });
    return messages.map(({ ruleId, messageId, severity, loc }) => ({
      severity: severities[severity],
      rule: messageId,
      message: `${messageId} (${ruleId})`, // not secretlint's own message, which quotes the file
      file,
      line: loc.start.line,
    }));
  };
}

function describe({ scanned, binary, large, notFiles }: Record<Reading['kind'], number>): string {
  const left = [
    ...(binary ? [`${binary} binary`] : []),
    ...(large ? [`${large} above 1 MiB`] : []),
    ...(notFiles ? [`${notFiles} no regular file`] : []),
  ];
  return `${counted(scanned, 'text file')}${left.length ? ` (not read: ${left.join(', ')})` : ''}`;
}

import { z } from '@sluice/core';
import type { Scanner } from './scanner';

const report = z.array(
  z.object({ RuleID: z.string().min(1), Description: z.string(), StartLine: z.int(), File: z.string().min(1) }),
);

/** Gitleaks 8.19 and newer, by the rules that it brings, or those of a `.gitleaks.toml` beside the workspace's `package.json`. */
export const gitleaks: Scanner = {
  name: 'gitleaks',
  program: 'gitleaks',
  install: 'install it from github.com/gitleaks/gitleaks',
  versionArguments: ['version'],
  scanArguments: (file) => [
    ...['dir', '.', '--report-format', 'json', '--report-path', file, '--redact=100'],
    ...['--no-banner', '--no-color', '--log-level', 'warn', '--exit-code', '3'],
  ],
  foundCode: 3, // as it is told; errors are 1
  read(printed) {
    const parsed = report.safeParse(printed);
    if (!parsed.success) return { kind: 'rubbish', reason: 'it left no report of the known form' };
    const findings = parsed.data.map(({ RuleID, StartLine, File }) => ({
      ...{ severity: 'critical' as const, message: `a secret (${RuleID})`, rule: RuleID, file: File, line: StartLine },
    }));
    return { kind: 'judged', findings, looked: 'the files' };
  },
};

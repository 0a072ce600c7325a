import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { judgeFindings, type Allowlist, type Check, type CheckOutcome, type Finding, type Found } from '@sluice/core';
import { runCommand } from '../command';
import { commandEnv } from '../command-env';
import { fail, skip, warn } from '../outcome';

export interface ScanSubject {
  /** The folder to look at, in which it is started. */
  folder: string;
  /** How many packages its bill of materials names, for those that look at one. */
  packages?: number;
}

/** What a report says. Only `judged` is evidence. */
export type Reading =
  | {
      kind: 'judged';
      findings: Found[];
      /** Of the scanner, where its report says it. */
      version?: string | undefined;
      /** What it looked at: `2 files`; `null` where that was nothing. */
      looked: string | null;
      /** What it could not look at. */
      incomplete?: string[];
    }
  | { kind: 'rubbish'; reason: string };

/** A program of the machine that writes its findings into a file. */
export interface Scanner {
  /** The check's name; two that do the same have one. */
  name: string;
  program: string;
  install: string;
  /** Prints the version. */
  versionArguments: readonly string[];
  scanArguments(report: string): readonly string[];
  /** Its exit code where it found something. It is 0 where it found nothing; any other is no result. */
  foundCode: number;
  read(report: unknown, subject: ScanSubject): Reading | Promise<Reading>;
}

export interface ScannerSettings {
  /** The program, where it is not found by its name; relative to the worktree. */
  path?: string | undefined;
  worktree: string;
  /** From this severity on a finding blocks. */
  severity: Finding['severity'];
  allow: Allowlist;
}

/**
 * Runs a scanner and believes it only where all fits together: it ended by itself with an exit code that it is known to have, its
 * report is of the known form, and the two agree. Skipped where there is no such program, unless `path` says that there is.
 */
export function scannerCheck(scanner: Scanner, settings: ScannerSettings): Check<ScanSubject> {
  let version = 'not run';
  return {
    name: scanner.name,
    tool: scanner.program,
    get version() {
      return version;
    },
    timeLimit: 600_000,
    async run(subject, signal) {
      const temporary = await mkdtemp(join(tmpdir(), 'sluice-scan-'));
      try {
        const report = join(temporary, 'report.json');
        const run = (args: readonly string[]) =>
          runCommand(
            [programOf(scanner, settings), ...args],
            { cwd: subject.folder, env: commandEnv(process.env) },
            signal,
          );
        const asked = await run(scanner.versionArguments);
        if (asked.missing) return missing(scanner, settings);
        if (asked.exitCode !== 0) return fail(`${scanner.program} does not tell its version: ${asked.how}`);
        version = versionIn(asked.lastLines);
        const end = await run(scanner.scanArguments(report));
        if (end.exitCode !== 0 && end.exitCode !== scanner.foundCode) {
          return fail(
            `${scanner.program} ended with ${end.how}: ${end.lastLines.filter(Boolean).at(-1) ?? 'it said nothing'}`,
          );
        }
        const reading = await scanner.read(await readReport(report), subject);
        if (reading.kind === 'judged') version = reading.version ?? version;
        return judge(scanner, settings, reading, end.exitCode);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
  };
}

const programOf = ({ program }: Scanner, { path, worktree }: ScannerSettings): string =>
  path === undefined || isAbsolute(path) || !path.includes('/') ? (path ?? program) : join(worktree, path);

const missing = ({ program, install }: Scanner, { path }: ScannerSettings): CheckOutcome =>
  path === undefined
    ? skip(`${program} is not on this machine: ${install}, or name it in security.tools.${program}.path`)
    : fail(`security.tools.${program}.path: there is no program ${path}`);

/** Of several lines that which is named so: others tell the version of the language. */
function versionIn(lines: readonly string[]): string {
  const line = lines.find((text) => /^version:/i.test(text)) ?? lines[0] ?? '';
  return (
    /\d+\.\d+\.\d+[\w.+-]*/.exec(line)?.[0] ??
    (line
      .replace(/^version:/i, '')
      .trim()
      .slice(0, 40) ||
      'unknown')
  );
}

function judge(
  { program, foundCode }: Scanner,
  { severity, allow }: ScannerSettings,
  reading: Reading,
  exitCode: number,
): CheckOutcome {
  const mistrust = (why: string) => fail(`${program} can't be trusted: ${why}`);
  if (reading.kind === 'rubbish') return mistrust(reading.reason);
  const { findings, looked, incomplete = [] } = reading;
  if (exitCode !== (findings.length ? foundCode : 0)) {
    return mistrust(`it ended with exit code ${exitCode} and reported ${findings.length} findings`);
  }
  if (looked === null) return skip(`${program} found nothing to look at`);
  const outcome = judgeFindings(findings, { severity, allow, nothing: `nothing found in ${looked}` });
  if (incomplete.length === 0 || outcome.status === 'fail') return outcome;
  const reason = `${outcome.reason}; not looked at: ${incomplete.slice(0, 3).join('; ')}`;
  return warn(reason, outcome.findings, { ...outcome.figures, incomplete: incomplete.length });
}

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined; // no report, which its reader says
  }
}

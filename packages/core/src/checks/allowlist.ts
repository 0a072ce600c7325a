import type { Allowance } from '../config/schema-security';
import type { Check, CheckOutcome, Finding } from './check';

/** A finding as a tool gives it, with the other names that the world has for it (CVE, GHSA, address). */
export interface Found extends Finding {
  rule: string;
  aliases?: readonly string[];
}

export interface Allowlist {
  /** The finding as it is kept: allowed, with the reason, where an entry that still counts fits it. */
  mark(found: Found): Finding;
  /** Which entries are of no use any more. To be run after all others. */
  check: Check<unknown>;
}

/**
 * Findings that people know and let pass for a time. An entry fits a finding by its rule (or one of its other names) and by
 * its file: one without a file fits findings of packages alone, never all files. `day`: `2026-12-31`, in UTC; an entry counts
 * up to the end of its last day.
 */
export function createAllowlist(entries: readonly Allowance[], day: string): Allowlist {
  const used = new Set<Allowance>();
  return {
    mark({ aliases = [], ...finding }) {
      const names = [finding.rule, ...aliases];
      const fitting = entries.filter((entry) => names.includes(entry.rule) && entry.file === finding.file);
      for (const entry of fitting) used.add(entry);
      const counting = fitting.find(({ expires }) => expires >= day);
      return counting ? { ...finding, allowed: `${counting.reason}, until ${counting.expires}` } : finding;
    },
    check: {
      name: 'allowlist',
      tool: 'sluice',
      version: '1', // of these rules
      timeLimit: 10_000,
      run: async () => judge(entries, used, day),
    },
  };
}

function judge(entries: readonly Allowance[], used: ReadonlySet<Allowance>, day: string): CheckOutcome {
  const problems = entries.flatMap((entry): Finding[] => {
    const { rule, file, expires } = entry;
    const what = `${rule}${file === undefined ? '' : ` in ${file}`}`;
    const problem =
      expires < day
        ? `${what} was allowed until ${expires}: it counts again`
        : used.has(entry)
          ? null
          : `${what} fits nothing that was found`;
    return problem === null ? [] : [{ severity: 'low', message: problem, rule: 'allowlist' }];
  });
  const figures = { entries: entries.length, used: used.size };
  if (problems.length) {
    const reason = problems.map(({ message }) => message).join('; ');
    return { status: 'warn', reason, findings: problems, figures };
  }
  return {
    status: 'pass',
    reason: `each of ${entries.length} entries of security.allow is needed`,
    findings: [],
    figures,
  };
}
